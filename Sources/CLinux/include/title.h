#ifndef CLINUX_TITLE_H
#define CLINUX_TITLE_H

/// Rewrites in place what others see of this process: its first argument, and the variable of this
/// name in its environment (proc(5), /proc/pid/cmdline and environ).
///
/// What is shorter than what stood there is filled up with blanks. Returns 0, or -1 where the
/// variable is not there or has no room for so much; then it is as it was.
int clinux_set_title(const char *argument, const char *variable, const char *value);

#endif
