/* The limit: one epoll loop that sends ready bytes to every socket. No rooms, no rights, no database.
 *
 *   fanout PORT FRAME      FRAME: a file; "%SEQ%" in it stands for the number of the frame
 *
 * A text message with "publish" in it sends the next frame to all; one with "lang" is answered with
 * a short frame, as our server answers a page that says where it stands; others are read and forgotten.
 */
#include "common.h"

#define MOST_FDS 65536
#define MARK "%SEQ%"

typedef struct {
    int open;            /* past the handshake */
    uint8_t *in, *out;   /* what is not complete yet; what did not fit */
    size_t in_len, out_len, out_room;
} conn;

static conn conns[MOST_FDS];
static int open_fds[MOST_FDS], open_count;
static int loop;
static char *before, *after;
static long seq;
static uint8_t scratch[1 << 20];

static void forget(int fd) {
    conn *c = &conns[fd];
    free(c->in);
    free(c->out);
    memset(c, 0, sizeof *c);
    for (int i = 0; i < open_count; i++)
        if (open_fds[i] == fd) {
            open_fds[i] = open_fds[--open_count];
            break;
        }
    close(fd);
}

static void watch(int fd, uint32_t events, int how) {
    struct epoll_event event = {.events = events, .data.fd = fd};
    if (epoll_ctl(loop, how, fd, &event) < 0) die("epoll_ctl");
}

static void deliver(int fd, const uint8_t *bytes, size_t length) {
    conn *c = &conns[fd];
    ssize_t sent = 0;
    if (c->out_len == 0) {
        sent = send(fd, bytes, length, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent == (ssize_t)length) return;
        if (sent < 0) sent = 0;
        watch(fd, EPOLLIN | EPOLLOUT, EPOLL_CTL_MOD);
    }
    size_t rest = length - (size_t)sent;
    if (c->out_len + rest > c->out_room) {
        c->out_room = (c->out_len + rest) * 2;
        c->out = keep(realloc(c->out, c->out_room));
    }
    memcpy(c->out + c->out_len, bytes + sent, rest);
    c->out_len += rest;
}

static void flush_out(int fd) {
    conn *c = &conns[fd];
    ssize_t sent = send(fd, c->out, c->out_len, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent <= 0) return;
    memmove(c->out, c->out + sent, c->out_len - (size_t)sent);
    c->out_len -= (size_t)sent;
    if (c->out_len == 0) watch(fd, EPOLLIN, EPOLL_CTL_MOD);
}

static void publish(void) {
    static uint8_t message[1 << 20];
    char *text = (char *)message + 10;
    int length = snprintf(text, sizeof message - 10, "%s%ld%s", before, ++seq, after);
    uint8_t head[10];
    size_t n = ws_head(head, 1, (size_t)length);
    memcpy(text - n, head, n);
    for (int i = 0; i < open_count; i++) deliver(open_fds[i], (uint8_t *)text - n, n + (size_t)length);
}

static void hear(int fd, ws_frame *frame) {
    ws_unmask(frame);
    if (frame->opcode == 8) {
        shutdown(fd, SHUT_WR);
    } else if (frame->opcode == 1) {
        if (memmem(frame->payload, frame->length, "publish", 7)) publish();
        if (memmem(frame->payload, frame->length, "lang", 4)) {
            uint8_t answer[64];
            int n = snprintf((char *)answer + 2, 60, "{\"v\":1,\"seq\":%ld,\"side\":{}}", seq);
            ws_head(answer, 1, (size_t)n);
            deliver(fd, answer, (size_t)n + 2);
        }
    }
}

/* How many of `have` bytes were understood. */
static size_t understand(int fd, uint8_t *at, size_t have) {
    conn *c = &conns[fd];
    size_t used = 0;
    if (!c->open) {
        uint8_t *end = memmem(at, have, "\r\n\r\n", 4);
        if (end == NULL) return 0;
        static const char answer[] = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                                     "Connection: Upgrade\r\nSec-WebSocket-Accept: " WS_ACCEPT "\r\n\r\n";
        deliver(fd, (const uint8_t *)answer, sizeof answer - 1);
        c->open = 1;
        open_fds[open_count++] = fd;
        used = (size_t)(end + 4 - at);
    }
    ws_frame frame;
    while (ws_parse(at + used, have - used, &frame)) {
        hear(fd, &frame);
        used += frame.whole;
    }
    return used;
}

static void receive(int fd) {
    conn *c = &conns[fd];
    if (c->in_len) memcpy(scratch, c->in, c->in_len);
    ssize_t got = recv(fd, scratch + c->in_len, sizeof scratch - c->in_len, MSG_DONTWAIT);
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) {
        forget(fd);
        return;
    }
    size_t have = c->in_len + (size_t)got, used = understand(fd, scratch, have);
    c->in_len = have - used;
    if (c->in_len) {
        c->in = keep(realloc(c->in, c->in_len));
        memcpy(c->in, scratch + used, c->in_len);
    }
}

static void load(const char *path) {
    FILE *file = fopen(path, "r");
    if (file == NULL) die(path);
    size_t n = fread(scratch, 1, sizeof scratch - 1, file);
    scratch[n] = 0;
    fclose(file);
    before = keep(strdup((char *)scratch));
    after = strstr(before, MARK);
    if (after == NULL) {
        fprintf(stderr, "%s has no %s\n", path, MARK);
        exit(1);
    }
    *after = 0;
    after += strlen(MARK);
}

int main(int argc, char **argv) {
    if (argc != 3) {
        fprintf(stderr, "usage: fanout PORT FRAME\n");
        return 2;
    }
    load(argv[2]);
    int listener = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    if (listener < 0) die("socket");
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argv[1]))};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0) die("bind");
    if (listen(listener, 4096) < 0) die("listen");
    unblock(listener);
    loop = epoll_create1(0);
    watch(listener, EPOLLIN, EPOLL_CTL_ADD);
    struct epoll_event events[512];
    for (;;) {
        int n = epoll_wait(loop, events, 512, -1);
        for (int i = 0; i < n; i++) {
            int fd = events[i].data.fd;
            if (fd == listener) {
                int client;
                while ((client = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
                    if (client >= MOST_FDS) {
                        close(client);
                        continue;
                    }
                    setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
                    watch(client, EPOLLIN, EPOLL_CTL_ADD);
                }
                continue;
            }
            if (events[i].events & EPOLLOUT) flush_out(fd);
            if (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) receive(fd);
        }
    }
}
