"""A supervisor's hour: twenty things to do, counted in lines, presses, choices and seconds."""
