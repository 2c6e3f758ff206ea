#define _GNU_SOURCE
#include "files.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/vfs.h>

const char *clinux_error_text(int code) { return strerrordesc_np(code); }

const char *clinux_error_name(int code) { return strerrorname_np(code); }

int clinux_fallocate(int descriptor, int64_t size) { return fallocate(descriptor, 0, 0, size); }

int clinux_flock(int descriptor) { return flock(descriptor, LOCK_EX | LOCK_NB); }

int clinux_bypass_cache(int descriptor, int bypasses) {
  int flags = fcntl(descriptor, F_GETFL);
  if (flags < 0) return -1;
  int wanted = bypasses ? flags | O_DIRECT : flags & ~O_DIRECT;
  if (wanted == flags) return 0;
  return fcntl(descriptor, F_SETFL, wanted) == 0 ? 1 : -1;
}

int clinux_exchange(const char *path, const char *other) {
  return renameat2(AT_FDCWD, path, AT_FDCWD, other, RENAME_EXCHANGE);
}

int clinux_file_system_type(const char *path, uint32_t *type) {
  struct statfs status;
  if (statfs(path, &status) != 0) return -1;
  *type = (uint32_t)status.f_type;
  return 0;
}
