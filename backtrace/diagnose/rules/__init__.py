"""One file per rule, named by the pattern it finds; folders by what goes wrong."""
