#define _GNU_SOURCE
#include "CLinuxSockets.h"
#include <pthread.h>

int clinux_accept(int listener, struct sockaddr *address, socklen_t *length) {
  return accept4(listener, address, length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

int clinux_name_thread(const char *name) {
  return pthread_setname_np(pthread_self(), name);
}
