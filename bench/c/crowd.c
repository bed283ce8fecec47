/* The crowd: thousands of viewers in one epoll loop, told what to do by lines on stdin.
 *
 *   crowd HOST PORT PATH ORIGIN LANG ACK_MS FIRST_SOURCE [COOKIE]
 *
 * Each command is answered by one line of JSON, some of them when what they wait for has happened:
 *   join N INFLIGHT TIMEOUT_MS SEQ   open N more, which say {"seq":SEQ,"lang":LANG}; SEQ -1: say nothing
 *   say I TEXT                       the I-th says TEXT
 *   reach SEQ TIMEOUT_MS             until all who read have come to SEQ
 *   ask LIMIT INFLIGHT PER_S SECONDS FILE   questions; LIMIT 0: as many as fit; PER_S 0: closed loop
 *   mute FIRST COUNT / listen        these read no more / all read again
 *   addresses K                      whoever joins from now on comes from one of K addresses
 *   cut                              every socket is torn (reset, no goodbye)
 *   back TIMEOUT_MS FIRST_S          all come back as the page does: a random wait up to FIRST_S, doubled
 *                                    after each try
 *   mark / report / dump FILE        begin to count / what was counted / every distinct message
 *   quit
 * Viewers acknowledge as the page does: where the server said {"acks":N}, ACK_MS after N characters of frames.
 */
#include "common.h"
#include "seen.h"

#include <netdb.h>
#include <signal.h>

#define HELLO_MAX 128
#define PER_SOURCE 20000
#define COOL_NS 250000000LL /* a socket asks at most so often: the server allows five a second */

enum state { AWAY, CONNECTING, SHAKING, OPEN };

typedef struct {
    int fd;
    enum state state;
    int hello, muted, reads; /* reads: had an answer to its hello */
    long seq;                /* of its last frame */
    long ack_after;          /* characters after which the server wants a word; 0: it wants none */
    long unsaid;             /* characters heard and not yet acknowledged */
    int step, attempt;
    uint8_t *in;
    size_t in_len;
    ns_t began, due, asked, ack_due;
    char id[37]; /* of the question it waits for an answer to */
} viewer;

static struct {
    const char *host, *path, *origin, *lang, *cookie;
    int port, first_source;
    ns_t ack_ns;
} opt;
static struct sockaddr_in server;
static viewer *crowd;
static int size, room, loop_fd;
static uint8_t scratch[8 << 20];
static uint64_t random_state = 88172645463325252ULL;

/* What is counted since `mark`. */
static struct {
    long news, sides, doubled, back, gaps, fragments, closed, torn, reloads, errors, others, held;
    int codes[5000];
    char sample[400];
} told;

/* What a command waits for. */
static struct {
    int to_join, in_flight, connecting, joined, failed;
    long hello;
    int joining, returning, reaching;
    long target;
    int behind;
    ns_t began, deadline;
    double first_s; /* the longest first wait before coming back */
    uint32_t *took_us;
    int took, took_room;
} job;

static int *acks_due; /* a ring of viewers, in the order of their time */
static int acks_head, acks_tail, acks_room;

static uint64_t roll(void) {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    return random_state ^= random_state << 17;
}

static void watch(viewer *v, uint32_t events, int how) {
    struct epoll_event event = {.events = events, .data.u32 = (uint32_t)(v - crowd)};
    if (epoll_ctl(loop_fd, how, v->fd, &event) < 0) die("epoll_ctl");
}

static void hang_up(viewer *v);
static void ask_answered(viewer *v, const uint8_t *text, size_t length, int accepted, ns_t at);

/* A masked text; 0 where the socket would not take it whole. */
static int tell(viewer *v, const char *text, size_t length, int opcode) {
    uint8_t out[4096];
    if (length > sizeof out - 16) return 0;
    uint32_t mask = (uint32_t)roll();
    size_t n = ws_head(out, (uint8_t)opcode, length);
    out[1] |= 0x80;
    memcpy(out + n, &mask, 4);
    const uint8_t *key = (uint8_t *)&mask;
    for (size_t i = 0; i < length; i++) out[n + 4 + i] = (uint8_t)text[i] ^ key[i & 3];
    ssize_t sent = send(v->fd, out, n + 4 + length, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent == (ssize_t)(n + 4 + length)) return 1;
    told.held++;
    if (sent > 0) hang_up(v); /* half a frame can't be taken back */
    return 0;
}

static void say_place(viewer *v, int hello) {
    char text[HELLO_MAX];
    int n = hello ? snprintf(text, sizeof text, "{\"seq\":%ld,\"lang\":\"%s\"}", v->seq, opt.lang)
                  : snprintf(text, sizeof text, "{\"seq\":%ld}", v->seq);
    tell(v, text, (size_t)n, 1);
}

static void heard(viewer *v, long chars, ns_t at) {
    v->unsaid += chars;
    if (!v->ack_after || v->ack_due || v->unsaid < v->ack_after) return;
    v->unsaid = 0;
    v->ack_due = at + opt.ack_ns;
    acks_due[acks_tail] = (int)(v - crowd);
    acks_tail = (acks_tail + 1) % acks_room;
}

static void acknowledge(ns_t at) {
    while (acks_head != acks_tail) {
        viewer *v = &crowd[acks_due[acks_head]];
        if (v->ack_due > at) return;
        acks_head = (acks_head + 1) % acks_room;
        v->ack_due = 0;
        if (v->state == OPEN && !v->muted) say_place(v, 0);
    }
}

static void arrived(viewer *v, ns_t at) {
    if (v->reads) return;
    v->reads = 1;
    v->attempt = 0;
    GROW(job.took_us, job.took, job.took_room);
    job.took_us[job.took++] = (uint32_t)((at - v->began) / 1000);
    job.joined++;
}

static int begins(const uint8_t *text, size_t length, const char *with) {
    size_t n = strlen(with);
    return length >= n && memcmp(text, with, n) == 0;
}

static void news(viewer *v, const uint8_t *text, size_t length, ns_t at) {
    static const char head[] = "{\"v\":1,\"seq\":";
    const uint8_t *p = text + sizeof head - 1, *end = text + length;
    long seq = 0;
    while (p < end && *p >= '0' && *p <= '9') seq = seq * 10 + (*p++ - '0');
    arrived(v, at);
    if (begins(p, (size_t)(end - p), ",\"side\":")) {
        heard(v, (long)length, at);
        told.sides++;
        return;
    }
    told.news++;
    if (seq == v->seq) told.doubled++;
    if (seq < v->seq) told.back++;
    if (seq > v->seq + 1) told.gaps++;
    if (job.reaching && v->seq < job.target && seq >= job.target && !v->muted) job.behind--;
    if (seq > v->seq) v->seq = seq;
    seen_at(seq, at);
    steps[v->step].clients--;
    int variant = seen_variant(seq, text, length);
    heard(v, variants[variant].chars, at);
    v->step = seen_step(v->step, variant);
}

static void hear(viewer *v, const uint8_t *text, size_t length, ns_t at) {
    if (begins(text, length, "{\"v\":1,\"seq\":")) {
        news(v, text, length, at);
    } else if (begins(text, length, "{\"ack\":")) {
        ask_answered(v, text, length, 1, at);
    } else if (begins(text, length, "{\"refused\":")) {
        ask_answered(v, text, length, 0, at);
    } else if (begins(text, length, "{\"acks\":")) {
        v->ack_after = atol((const char *)text + 8);
    } else {
        if (begins(text, length, "{\"reload\"")) told.reloads++;
        else if (begins(text, length, "{\"error\"")) told.errors++;
        else told.others++;
        if (!told.sample[0]) snprintf(told.sample, sizeof told.sample, "%.*s", (int)length, text);
    }
}

#include "asks.h"
#include "lines.h"

static void hang_up(viewer *v) {
    if (v->fd >= 0) close(v->fd);
    if (v->state == CONNECTING || v->state == SHAKING) job.connecting--;
    free(v->in);
    v->in = NULL;
    v->in_len = 0;
    v->fd = -1;
    v->state = AWAY;
    v->reads = 0;
    v->ack_after = v->unsaid = 0;
    asks_lost(v);
}

/* The server or the network ended it. */
static void lost(viewer *v, int code) {
    int was_open = v->state == OPEN;
    if (job.reaching && was_open && !v->muted && v->seq < job.target) job.behind--;
    hang_up(v);
    if (was_open && !v->muted) {
        if (code) told.closed++, told.codes[code < 5000 ? code : 0]++;
        else told.torn++;
    }
    if (!was_open) job.failed++;
    if (job.returning || asks.going || (job.joining && !was_open)) come_back_later(v);
}

#include "sockets.h"

static void serve(struct epoll_event *event) {
    viewer *v = &crowd[event->data.u32];
    if (v->state == AWAY) return;
    if (v->state == CONNECTING) connected(v);
    else receive(v);
}

int main(int argc, char **argv) {
    if (argc < 8) {
        fprintf(stderr, "usage: crowd HOST PORT PATH ORIGIN LANG ACK_MS FIRST_SOURCE [COOKIE]\n");
        return 2;
    }
    opt.host = argv[1];
    opt.port = atoi(argv[2]);
    opt.path = argv[3];
    opt.origin = argv[4];
    opt.lang = argv[5];
    opt.ack_ns = atoll(argv[6]) * 1000000;
    opt.first_source = atoi(argv[7]);
    opt.cookie = argc > 8 && argv[8][0] ? argv[8] : NULL;
    random_state ^= (uint64_t)now_ns() * 2654435761u;
    job.first_s = 0.5;
    signal(SIGPIPE, SIG_IGN);
    server.sin_family = AF_INET;
    server.sin_port = htons((uint16_t)opt.port);
    if (inet_pton(AF_INET, opt.host, &server.sin_addr) != 1) die("HOST must be an IPv4 address");
    loop_fd = epoll_create1(0);
    struct epoll_event stdin_event = {.events = EPOLLIN, .data.u32 = UINT32_MAX}, events[512];
    epoll_ctl(loop_fd, EPOLL_CTL_ADD, 0, &stdin_event);
    seen_reset();
    for (;;) {
        int n = epoll_wait(loop_fd, events, 512, pause_ms());
        for (int i = 0; i < n; i++) {
            if (events[i].data.u32 == UINT32_MAX) read_lines();
            else serve(&events[i]);
        }
        ns_t at = now_ns();
        acknowledge(at);
        come_back(at);
        ask_more(at);
        go_on(at);
    }
}
