#define _GNU_SOURCE
#include "title.h"

#include <stddef.h>
#include <string.h>
#include <unistd.h>

static char *argument_start;
static size_t argument_room;

// The C library hands main's arguments to constructors, too; whoever has main may keep a copy only.
__attribute__((constructor)) static void find_argument(int count, char **arguments) {
    if (count < 2) return;
    argument_start = arguments[1];
    argument_room = strlen(arguments[1]);
}

static void fill(char *start, size_t room, const char *text) {
    size_t length = strlen(text);
    if (length > room) length = room;
    memcpy(start, text, length);
    memset(start + length, ' ', room - length);
}

int clinux_set_title(const char *argument, const char *variable, const char *value) {
    size_t length = strlen(variable);
    for (char **entry = environ; entry != NULL && *entry != NULL; entry++) {
        if (strncmp(*entry, variable, length) != 0 || (*entry)[length] != '=') continue;
        char *start = *entry + length + 1;
        size_t room = strlen(start);
        if (strlen(value) > room) return -1;
        fill(start, room, value);
        if (argument_start != NULL) fill(argument_start, argument_room, argument);
        return 0;
    }
    return -1;
}
