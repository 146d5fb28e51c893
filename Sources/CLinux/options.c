#define _GNU_SOURCE
#include "options.h"

#include <unistd.h>

struct clinux_option clinux_next_option(int count, char *const *words, const char *letters,
                                        const struct option *options, int is_first)
{
    struct clinux_option found;

    if (is_first)
        optind = 0; /* glibc's way to start anew */
    opterr = 0;
    optarg = NULL;
    found.code = getopt_long(count, words, letters, options, NULL);
    found.subject = optopt;
    found.next = optind;
    found.argument = optarg;
    return found;
}

char *const *clinux_environment(void)
{
    return environ;
}
