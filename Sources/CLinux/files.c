#define _GNU_SOURCE
#include "files.h"

#include <stdio.h>
#include <string.h>
#include <sys/vfs.h>

const char *clinux_error_text(int code) { return strerrordesc_np(code); }

const char *clinux_error_name(int code) { return strerrorname_np(code); }

int clinux_fallocate(int descriptor, int64_t size) { return fallocate(descriptor, 0, 0, size); }

int clinux_flock(int descriptor) { return flock(descriptor, LOCK_EX | LOCK_NB); }

int clinux_exchange(const char *path, const char *other) {
  return renameat2(AT_FDCWD, path, AT_FDCWD, other, RENAME_EXCHANGE);
}

int clinux_file_system_type(const char *path, uint32_t *type) {
  struct statfs status;
  if (statfs(path, &status) != 0) return -1;
  *type = (uint32_t)status.f_type;
  return 0;
}
