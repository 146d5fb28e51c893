#ifndef CLINUX_SURROUNDINGS_H
#define CLINUX_SURROUNDINGS_H

/// Notes what the calling process hands on to its children and others of the same user can change
/// in it: its CPUs, limits, nice value, scheduling policy and priority for input and output.
void clinux_note_surroundings(void);

/// Whether any of that is not what it was.
int clinux_surroundings_changed(void);

#endif
