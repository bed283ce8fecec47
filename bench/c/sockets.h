/* One viewer's socket: dialled from one of many addresses, shaken hands with, read. Included by crowd.c. */

static size_t understand(viewer *v, uint8_t *at, size_t have, ns_t when) {
    size_t used = 0;
    if (v->state == SHAKING) {
        uint8_t *end = memmem(at, have, "\r\n\r\n", 4);
        if (end == NULL) return 0;
        if (!begins(at, have, "HTTP/1.1 101")) {
            if (!told.sample[0]) snprintf(told.sample, sizeof told.sample, "%.60s", (char *)at);
            lost(v, 0);
            return have;
        }
        used = (size_t)(end + 4 - at);
        v->state = OPEN;
        job.connecting--;
        if (v->hello) say_place(v, 1);
        else arrived(v, when);
    }
    ws_frame frame;
    while (v->state == OPEN && ws_parse(at + used, have - used, &frame)) {
        used += frame.whole;
        if (!frame.fin || frame.opcode == 0) told.fragments++;
        if (frame.opcode == 1) hear(v, frame.payload, frame.length, when);
        else if (frame.opcode == 9) tell(v, (char *)frame.payload, frame.length, 10);
        else if (frame.opcode == 8) {
            lost(v, frame.length >= 2 ? frame.payload[0] << 8 | frame.payload[1] : 1005);
            return have;
        }
    }
    return used;
}

static void receive(viewer *v) {
    if (v->in_len) memcpy(scratch, v->in, v->in_len);
    ssize_t got = recv(v->fd, scratch + v->in_len, sizeof scratch - v->in_len, MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) {
        lost(v, 0);
        return;
    }
    size_t have = v->in_len + (size_t)got;
    size_t used = understand(v, scratch, have, now_ns());
    if (v->state == AWAY) return;
    v->in_len = have - used;
    if (v->in_len) {
        v->in = keep(realloc(v->in, v->in_len));
        memcpy(v->in, scratch + used, v->in_len);
    } else if (v->in) {
        free(v->in);
        v->in = NULL;
    }
}

static void connected(viewer *v) {
    int error = 0;
    socklen_t length = sizeof error;
    getsockopt(v->fd, SOL_SOCKET, SO_ERROR, &error, &length);
    if (error) {
        lost(v, 0);
        return;
    }
    char request[1024];
    int n = snprintf(request, sizeof request,
                     "GET %s HTTP/1.1\r\nHost: %s:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                     "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " WS_KEY "\r\nOrigin: %s\r\n%s%s%s\r\n",
                     opt.path, opt.host, opt.port, opt.origin, opt.cookie ? "Cookie: " : "",
                     opt.cookie ? opt.cookie : "", opt.cookie ? "\r\n" : "");
    if (send(v->fd, request, (size_t)n, MSG_NOSIGNAL | MSG_DONTWAIT) != n) {
        lost(v, 0);
        return;
    }
    v->state = SHAKING;
    watch(v, EPOLLIN, EPOLL_CTL_MOD);
}

/* Many addresses of this machine's own network: one has ports for so many connections only. */
static void dial(viewer *v) {
    int on = 1;
    v->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (v->fd < 0) die("socket (the limit of open files?)");
    setsockopt(v->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
#ifdef IP_BIND_ADDRESS_NO_PORT
    setsockopt(v->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
#endif
    int index = (int)(v - crowd);
    int source = asks.addresses ? index % asks.addresses : index / PER_SOURCE;
    struct sockaddr_in from = {.sin_family = AF_INET};
    from.sin_addr.s_addr = htonl(INADDR_LOOPBACK + (uint32_t)(opt.first_source + source));
    if (bind(v->fd, (struct sockaddr *)&from, sizeof from) < 0) die("bind");
    v->state = CONNECTING;
    v->began = now_ns();
    job.connecting++;
    if (connect(v->fd, (struct sockaddr *)&server, sizeof server) < 0 && errno != EINPROGRESS) {
        v->due = 0;
        watch(v, EPOLLOUT, EPOLL_CTL_ADD);
        lost(v, 0);
        return;
    }
    watch(v, EPOLLOUT, EPOLL_CTL_ADD);
}
