"""Every gradient by hand, by autograd and by finite differences: do they agree?"""
