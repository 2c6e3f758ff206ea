#define _GNU_SOURCE
#include "files.h"

#include <string.h>

const char *clinux_error_text(int code) { return strerrordesc_np(code); }

const char *clinux_error_name(int code) { return strerrorname_np(code); }
