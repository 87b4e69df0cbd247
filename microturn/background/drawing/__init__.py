"""Cards as they are shown: safe HTML, charts and pictures, drawn in a process of their own."""
