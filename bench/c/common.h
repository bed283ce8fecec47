/* What the generator and the fan-out server share: time, errors, memory that does not run out. */
#ifndef BENCH_COMMON_H
#define BENCH_COMMON_H
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* The key and the answer to it from RFC 6455, section 1.3: both ends know them, so none computes. */
#define WS_KEY "dGhlIHNhbXBsZSBub25jZQ=="
#define WS_ACCEPT "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

typedef int64_t ns_t;

/* CLOCK_MONOTONIC, the clock of Python's time.monotonic_ns(): stamps of all processes compare. */
static inline ns_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (ns_t)t.tv_sec * 1000000000LL + t.tv_nsec;
}

static inline void die(const char *what) {
    fprintf(stderr, "%s: %s\n", what, strerror(errno));
    exit(1);
}

static inline void *keep(void *memory) {
    if (memory == NULL) die("out of memory");
    return memory;
}

/* Room for one more in an array that doubles. */
#define GROW(array, count, room)                                                      \
    do {                                                                              \
        if ((count) >= (room)) {                                                      \
            (room) = (room) ? (room) * 2 : 64;                                        \
            (array) = keep(realloc((array), (size_t)(room) * sizeof *(array)));       \
        }                                                                             \
    } while (0)

static inline void unblock(int fd) {
    if (fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK) < 0) die("fcntl");
}

/* The head of a frame from a server: unmasked, whole. Returns its length. */
static inline size_t ws_head(uint8_t *out, uint8_t opcode, size_t length) {
    out[0] = 0x80 | opcode;
    if (length < 126) {
        out[1] = (uint8_t)length;
        return 2;
    }
    if (length < 65536) {
        out[1] = 126;
        out[2] = (uint8_t)(length >> 8);
        out[3] = (uint8_t)length;
        return 4;
    }
    out[1] = 127;
    for (int i = 0; i < 8; i++) out[2 + i] = (uint8_t)(length >> (56 - 8 * i));
    return 10;
}

typedef struct {
    int fin, opcode, masked;
    const uint8_t *mask;
    uint8_t *payload;
    size_t length, whole; /* whole: head and payload */
} ws_frame;

/* 1: a frame stands at `at`; 0: more bytes are needed. */
static inline int ws_parse(uint8_t *at, size_t have, ws_frame *frame) {
    if (have < 2) return 0;
    size_t head = 2;
    uint64_t length = at[1] & 0x7f;
    if (length == 126) {
        if (have < 4) return 0;
        length = ((uint64_t)at[2] << 8) | at[3];
        head = 4;
    } else if (length == 127) {
        if (have < 10) return 0;
        length = 0;
        for (int i = 0; i < 8; i++) length = (length << 8) | at[2 + i];
        head = 10;
    }
    frame->masked = at[1] >> 7;
    frame->mask = at + head;
    if (frame->masked) head += 4;
    if (have < head + length) return 0;
    frame->fin = at[0] >> 7;
    frame->opcode = at[0] & 0x0f;
    frame->payload = at + head;
    frame->length = (size_t)length;
    frame->whole = head + (size_t)length;
    return 1;
}

static inline void ws_unmask(ws_frame *frame) {
    if (!frame->masked) return;
    for (size_t i = 0; i < frame->length; i++) frame->payload[i] ^= frame->mask[i & 3];
}

#endif
