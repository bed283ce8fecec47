/* The commands on stdin, and what is waited for on their behalf. Included by crowd.c. */

static void dial(viewer *v);

static void say_back(ns_t at) {
    printf("{\"joined\":%d,\"failed\":%d,\"seconds\":%.6f,", job.joined, job.failed,
           (double)(at - job.began) / 1e9);
    print_quantiles("ms", job.took_us, job.took);
    printf("}\n");
    fflush(stdout);
}

static void report(void) {
    int open = 0, muted = 0;
    for (int i = 0; i < size; i++) open += crowd[i].state == OPEN, muted += crowd[i].muted;
    printf("{\"size\":%d,\"open\":%d,\"muted\":%d,\"news\":%ld,\"sides\":%ld,\"doubled\":%ld,"
           "\"reordered\":%ld,\"gaps\":%ld,\"fragments\":%ld,\"closed\":%ld,\"torn\":%ld,\"reloads\":%ld,"
           "\"errors\":%ld,\"others\":%ld,\"held\":%ld,",
           size, open, muted, told.news, told.sides, told.doubled, told.back, told.gaps, told.fragments,
           told.closed, told.torn, told.reloads, told.errors, told.others, told.held);
    printf("\"codes\":{");
    for (int i = 0, first = 1; i < 5000; i++)
        if (told.codes[i]) {
            printf("%s\"%d\":%d", first ? "" : ",", i, told.codes[i]);
            first = 0;
        }
    printf("},\"sample\":\"");
    for (const char *p = told.sample; *p; p++)
        if (*p != '"' && *p != '\\' && (unsigned char)*p >= ' ') putchar(*p);
    printf("\",");
    seen_print(stdout);
    printf(",\"paths\":[");
    for (int i = 0, first = 1; i < step_count; i++) {
        if (!steps[i].clients) continue;
        printf("%s{\"clients\":%d,\"back\":[", first ? "" : ",", steps[i].clients);
        first = 0;
        for (int s = i; s > 0; s = steps[s].parent)
            printf("%s%d", s == i ? "" : ",", steps[s].variant);
        printf("]}");
    }
    printf("]}\n");
}

static void mark(void) {
    memset(&told, 0, sizeof told);
    seen_reset();
    for (int i = 0; i < size; i++) {
        crowd[i].step = 0;
        steps[0].clients += !crowd[i].muted;
    }
}

static void come_back_later(viewer *v) {
    double longest = fmin(30.0, job.first_s * pow(2, v->attempt < 16 ? v->attempt : 16));
    double wait = (double)(roll() >> 11) / (double)(1ULL << 53) * longest;
    v->attempt++;
    v->due = now_ns() + (ns_t)(wait * 1e9) + 1;
}

static void come_back(ns_t at) {
    if (!job.returning && !asks.going && !job.joining) return;
    static ns_t looked;
    if (at - looked < 1000000) return;
    looked = at;
    for (int i = 0; i < size; i++)
        if (crowd[i].state == AWAY && crowd[i].due && at >= crowd[i].due) {
            crowd[i].due = 0;
            dial(&crowd[i]);
        }
}

static void begin(ns_t at, long timeout_ms) {
    job.began = at;
    job.deadline = at + timeout_ms * 1000000;
    job.joined = job.failed = job.took = 0;
}

static void join(int count, int in_flight, long timeout_ms, long hello) {
    if (size + count > room) {
        room = size + count;
        crowd = keep(realloc(crowd, (size_t)room * sizeof *crowd));
        acks_room = room + 1;
        acks_due = keep(realloc(acks_due, (size_t)acks_room * sizeof *acks_due));
        /* Those that were due are forgotten: the next frame brings the next. */
        for (int i = 0; i < size; i++) crowd[i].ack_due = 0;
        acks_head = acks_tail = 0;
    }
    job.to_join = count;
    job.in_flight = in_flight;
    job.hello = hello;
    job.joining = count;
    begin(now_ns(), timeout_ms);
}

static void reach(long seq, long timeout_ms) {
    job.reaching = 1;
    job.target = seq;
    job.behind = 0;
    for (int i = 0; i < size; i++)
        job.behind += crowd[i].state == OPEN && !crowd[i].muted && crowd[i].seq < seq;
    job.deadline = now_ns() + timeout_ms * 1000000;
}

static void mute(int first, int count) {
    int small = 4096;
    for (int i = first; i < first + count && i < size; i++) {
        if (crowd[i].state != OPEN || crowd[i].muted) continue;
        setsockopt(crowd[i].fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
        epoll_ctl(loop_fd, EPOLL_CTL_DEL, crowd[i].fd, NULL);
        crowd[i].muted = 1;
        steps[crowd[i].step].clients--;
    }
}

/* The muted read again. */
static void listen_again(void) {
    for (int i = 0; i < size; i++) {
        if (!crowd[i].muted || crowd[i].state != OPEN) continue;
        crowd[i].muted = 0;
        steps[crowd[i].step].clients++;
        watch(&crowd[i], EPOLLIN, EPOLL_CTL_ADD);
    }
}

static int cut(void) {
    struct linger now = {.l_onoff = 1, .l_linger = 0};
    int count = 0;
    for (int i = 0; i < size; i++) {
        if (crowd[i].state == AWAY) continue;
        setsockopt(crowd[i].fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
        hang_up(&crowd[i]);
        count++;
    }
    return count;
}

static void back(long timeout_ms, double first_s) {
    job.first_s = first_s;
    job.returning = 1;
    begin(now_ns(), timeout_ms);
    for (int i = 0; i < size; i++) come_back_later(&crowd[i]);
}

static void ask(const char *line) {
    char path[512] = "";
    double seconds = 0, per_s = 0;
    uint32_t *took_us = asks.took_us;
    int took_room = asks.took_room, addresses = asks.addresses;
    memset(&asks, 0, sizeof asks);
    asks.took_us = took_us;
    asks.took_room = took_room;
    asks.addresses = addresses;
    sscanf(line, "ask %ld %d %lf %lf %511s", &asks.limit, &asks.in_flight, &per_s, &seconds, path);
    asks.per_s = per_s;
    asks.going = 1;
    asks.began = now_ns();
    asks.until = asks.began + (ns_t)(seconds * 1e9);
    job.deadline = asks.until + 15000000000LL;
    if (path[0]) asks.file = fopen(path, "w");
    for (int i = 0; i < size; i++) crowd[i].due = 0;
}

/* One line has come. */
static void obey(char *line) {
    ns_t at = now_ns();
    long a = 0, b = 0, c = 0, d = 0;
    if (sscanf(line, "join %ld %ld %ld %ld", &a, &b, &c, &d) == 4) {
        join((int)a, (int)b, c, d);
        return;
    }
    if (sscanf(line, "reach %ld %ld", &a, &b) == 2) {
        reach(a, b);
        return;
    }
    double first_s = 0.5;
    if (sscanf(line, "back %ld %lf", &a, &first_s) >= 1) {
        back(a, first_s);
        return;
    }
    if (strncmp(line, "ask ", 4) == 0) {
        ask(line);
        return;
    }
    if (sscanf(line, "say %ld", &a) == 1) {
        char *text = strchr(line + 4, ' ');
        int done = text && a < size && tell(&crowd[a], text + 1, strlen(text + 1), 1);
        printf("{\"said\":%s,\"at\":%lld}\n", done ? "true" : "false", (long long)at);
    } else if (sscanf(line, "addresses %ld", &a) == 1) {
        asks.addresses = (int)a;
        printf("{}\n");
    } else if (sscanf(line, "mute %ld %ld", &a, &b) == 2) {
        mute((int)a, (int)b);
        printf("{}\n");
    } else if (strcmp(line, "listen") == 0) {
        listen_again();
        printf("{}\n");
    } else if (strcmp(line, "cut") == 0) {
        int count = cut();
        printf("{\"cut\":%d,\"at\":%lld}\n", count, (long long)at);
    } else if (strcmp(line, "mark") == 0) {
        mark();
        printf("{}\n");
    } else if (strcmp(line, "report") == 0) {
        report();
    } else if (strncmp(line, "dump ", 5) == 0) {
        seen_dump(line + 5);
        printf("{}\n");
    } else if (strcmp(line, "quit") == 0) {
        exit(0);
    } else {
        printf("{\"error\":\"unknown command\"}\n");
    }
    fflush(stdout);
}

static void read_lines(void) {
    static char buffer[1 << 16];
    static size_t have;
    ssize_t got = read(0, buffer + have, sizeof buffer - have - 1);
    if (got <= 0) exit(0); /* who told us what to do is gone */
    have += (size_t)got;
    buffer[have] = 0;
    char *line = buffer, *end;
    while ((end = strchr(line, '\n'))) {
        *end = 0;
        obey(line);
        line = end + 1;
    }
    have -= (size_t)(line - buffer);
    memmove(buffer, line, have);
}

/* Answer the commands whose end has come. */
static void go_on(ns_t at) {
    while (job.to_join && job.connecting < job.in_flight && size < room) {
        viewer *v = &crowd[size++];
        *v = (viewer){.fd = -1, .hello = job.hello >= 0, .seq = job.hello >= 0 ? job.hello : 0};
        steps[0].clients++;
        job.to_join--;
        dial(v);
    }
    if (job.joining && (job.joined >= job.joining || at > job.deadline)) {
        job.joining = job.to_join = 0;
        say_back(at);
    }
    if (job.returning && (job.joined >= size || at > job.deadline)) {
        job.returning = 0;
        say_back(at);
    }
    if (job.reaching && (job.behind <= 0 || at > job.deadline)) {
        job.reaching = 0;
        printf("{\"reached\":%s,\"behind\":%d}\n", job.behind > 0 ? "false" : "true", job.behind);
        fflush(stdout);
    }
    int over = at >= asks.until || (asks.limit && asks.sent >= asks.limit);
    if (asks.going && over && (asks.waiting <= 0 || at > job.deadline)) {
        asks.going = 0;
        if (asks.file) fclose(asks.file);
        asks_print(at);
        fflush(stdout);
    }
}

/* How long nothing needs to be done by ourselves. */
static int pause_ms(void) {
    if (asks.going || job.joining || job.returning) return 1;
    if (job.reaching) return 5;
    return acks_head != acks_tail ? 10 : 200;
}
