"""The parts of a picture that move. In come a Track of points and the styles of runs; out go matplotlib artists that
draw themselves for one moment of a timeline, straight to the renderer. Imports nothing of drawing but geometry, shapes,
lettering and run_styles.
"""
