// What sockets, loops and threads need and Swift cannot reach: GNU extensions, and the signal set of a descriptor.
#pragma once
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/socket.h>

// Takes a connection; the descriptor does not block and is closed on exec.
int clinux_accept(int listener, struct sockaddr *address, socklen_t *length);

// Names the calling thread; at most 15 bytes.
int clinux_name_thread(const char *name);
