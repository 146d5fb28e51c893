#ifndef CLINUX_EVENTS_H
#define CLINUX_EVENTS_H

// A descriptor that becomes readable when SIGTERM, SIGINT or SIGHUP comes; they are blocked
// (signalfd(2)). Returns -1 and sets errno where it cannot be had.
int clinux_termination_signals(void);

// Takes one signal from it; 0 where there is none.
int clinux_next_signal(int descriptor);

#endif
