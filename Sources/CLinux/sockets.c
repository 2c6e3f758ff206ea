#define _GNU_SOURCE
#include "CLinuxSockets.h"
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int clinux_accept(int listener, struct sockaddr *address, socklen_t *length) {
  return accept4(listener, address, length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

int clinux_name_thread(const char *name) {
  return pthread_setname_np(pthread_self(), name);
}

int clinux_run_when_idle(void) {
  struct sched_param none = {.sched_priority = 0};
  return sched_setscheduler(0, SCHED_IDLE, &none);  // 0 is the calling thread
}

int clinux_set_timer_slack(unsigned long nanoseconds) {
  return prctl(PR_SET_TIMERSLACK, nanoseconds, 0, 0, 0);
}

int clinux_epoll_wait(int epoll, struct epoll_event *events, int capacity, uint64_t nanoseconds) {
#ifdef SYS_epoll_pwait2
  // The kernel's own layout of a 64-bit timespec, whatever libc's is.
  struct { int64_t seconds, nanoseconds; } timeout = {nanoseconds / 1000000000, nanoseconds % 1000000000};
  long count = syscall(SYS_epoll_pwait2, epoll, events, capacity, &timeout, NULL, 0);
  if (count >= 0 || errno != ENOSYS) return (int)count;
#endif
  uint64_t milliseconds = nanoseconds / 1000000 + (nanoseconds % 1000000 != 0);
  return epoll_wait(epoll, events, capacity, milliseconds > 3600000 ? 3600000 : (int)milliseconds);
}
