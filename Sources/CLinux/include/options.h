#ifndef CLINUX_OPTIONS_H
#define CLINUX_OPTIONS_H

#include <getopt.h>

/// What getopt_long(3) found.
struct clinux_option {
    /// The option's `val`; `?` or `:` for a mistake; -1 behind the last option.
    int code;
    /// The option that the mistake is about (optopt).
    int subject;
    /// The index of the word to be read next (optind).
    int next;
    /// The option's argument, a part of the words; null where it has none.
    const char *argument;
};

/// Reads one option of a list of words, the first of which is passed over (getopt_long(3)).
///
/// Not reentrant: one list is read to its end before the next is begun.
struct clinux_option clinux_next_option(int count, char *const *words, const char *letters,
                                        const struct option *options, int is_first);

/// The environment (environ(7)), whose C declaration cannot be used from Swift.
char *const *clinux_environment(void);

#endif
