#ifndef CLINUX_MEMORY_H
#define CLINUX_MEMORY_H

// The heap grows in one large step and is never given back (mallopt(3)): for a program of a few
// milliseconds, every page that it gives back and asks for anew is a page fault.
void clinux_keep_heap(void);

#endif
