"""Why a gradient is the number that it is: derived by hand, and held against autograd."""
