"""Pictures: the world drawn at one moment (people, objects, screens), and cameras that look at it.

A drawing is a Pillow image of 160 x 160; `cameras.photograph` makes a frame of any size of it. What happens when is
decided by the acts; everything here is a function of its arguments, a seed among them.
"""
