#define _GNU_SOURCE
#include "files.h"

#include <stdio.h>
#include <string.h>

const char *clinux_error_text(int code) { return strerrordesc_np(code); }

const char *clinux_error_name(int code) { return strerrorname_np(code); }

int clinux_fallocate(int descriptor, int64_t size) { return fallocate(descriptor, 0, 0, size); }

int clinux_flock(int descriptor) { return flock(descriptor, LOCK_EX | LOCK_NB); }

int clinux_exchange(const char *path, const char *other) {
  return renameat2(AT_FDCWD, path, AT_FDCWD, other, RENAME_EXCHANGE);
}
