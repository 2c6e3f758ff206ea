// What sockets, loops and threads need and Swift cannot reach: GNU extensions, and the signal set of a descriptor.
#pragma once
#include <netinet/tcp.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/socket.h>

// Takes a connection; the descriptor does not block and is closed on exec.
int clinux_accept(int listener, struct sockaddr *_Nullable address, socklen_t *_Nullable length);

// Names the calling thread; at most 15 bytes.
int clinux_name_thread(const char *_Nonnull name);

// Lets the calling thread run only where no other wants to (SCHED_IDLE, sched(7)). -1 and errno on failure.
int clinux_run_when_idle(void);

// Lets the calling thread's timers fire so late at most, in nanoseconds; what threads begin with is 50,000.
int clinux_set_timer_slack(unsigned long nanoseconds);

// epoll_wait(2) that counts in nanoseconds (epoll_pwait2, Linux 5.11), or in milliseconds rounded up on older kernels.
int clinux_epoll_wait(int epoll, struct epoll_event *_Nonnull events, int capacity, uint64_t nanoseconds);
