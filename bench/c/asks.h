/* Questions: so many unanswered at a time (closed loop), or so many a second whatever comes back
 * (open loop, timed from when each was due). Included by crowd.c. */
#include <math.h>

static struct {
    int going, addresses, in_flight, waiting, next;
    long limit, sent, acks, refusals, lost, mixed_up, short_of_sockets, lines;
    double per_s;
    ns_t began, until, ended;
    uint32_t *took_us;
    int took, took_room;
    struct {
        char code[24];
        long times;
    } why[16];
    FILE *file;
} asks;

static void new_id(char *out) {
    uint64_t a = roll(), b = roll();
    snprintf(out, 37, "%08x-%04x-4%03x-%04x-%012llx", (unsigned)(a >> 32), (unsigned)(a >> 16) & 0xffff,
             (unsigned)a & 0xfff, (unsigned)(0x8000 | (b >> 48 & 0x3fff)),
             (unsigned long long)(b & 0xffffffffffffULL));
}

/* About a hundred characters, each one its own. */
static int ask_from(viewer *v, ns_t due) {
    char text[1024];
    new_id(v->id);
    int n = snprintf(text, sizeof text,
                     "{\"ask\":{\"client_id\":\"%s\",\"text\":\"Вопрос %ld: когда починят дорогу и уличное "
                     "освещение на улице Абая, у дома %d, возле старой школы?\"}}",
                     v->id, asks.sent + 1, (int)(roll() % 300));
    v->asked = due;
    if (!tell(v, text, (size_t)n, 1)) {
        v->asked = 0;
        return 0;
    }
    asks.sent++;
    asks.waiting++;
    return 1;
}

static void asks_lost(viewer *v) {
    if (!v->asked) return;
    v->asked = 0;
    asks.lost++;
    asks.waiting--;
}

static void count_why(const uint8_t *text, size_t length) {
    static const char mark[] = "\"code\":\"";
    char code[24] = "?";
    const uint8_t *at = memmem(text, length, mark, sizeof mark - 1);
    if (at) sscanf((const char *)at + sizeof mark - 1, "%23[a-z_]", code);
    for (int i = 0; i < 16; i++) {
        if (!asks.why[i].code[0]) strcpy(asks.why[i].code, code);
        if (strcmp(asks.why[i].code, code) == 0) {
            asks.why[i].times++;
            return;
        }
    }
}

static void ask_answered(viewer *v, const uint8_t *text, size_t length, int accepted, ns_t at) {
    if (!v->asked || !memmem(text, length, v->id, 36)) {
        asks.mixed_up++;
        return;
    }
    if (accepted) {
        asks.acks++;
        GROW(asks.took_us, asks.took, asks.took_room);
        asks.took_us[asks.took++] = (uint32_t)((at - v->asked) / 1000);
        if (asks.file) fprintf(asks.file, "%.*s\n", (int)length, (const char *)text);
    } else {
        asks.refusals++;
        count_why(text, length);
    }
    v->asked = 0;
    v->due = at;
    asks.waiting--;
    if (asks.until && at > asks.ended) asks.ended = at;
}

/* The next who may ask; NULL: all have asked just now or wait. */
static viewer *next_asker(ns_t at) {
    for (int tries = 0; tries < size; tries++) {
        viewer *v = &crowd[asks.next];
        asks.next = (asks.next + 1) % size;
        if (v->state == OPEN && v->reads && !v->asked && at - v->due >= COOL_NS) return v;
        if (tries > 256) break; /* a look at so many at a time: this is called often */
    }
    asks.short_of_sockets++;
    return NULL;
}

static void ask_more(ns_t at) {
    if (!asks.going || at >= asks.until) return;
    for (int burst = 0; burst < 512; burst++) {
        if (asks.limit && asks.sent >= asks.limit) return;
        ns_t due = at;
        if (asks.per_s > 0) {
            due = asks.began + (ns_t)((double)asks.sent * 1e9 / asks.per_s);
            if (due > at) return;
        } else if (asks.waiting >= asks.in_flight) {
            return;
        }
        viewer *v = next_asker(at);
        if (v == NULL) return;
        if (!ask_from(v, due)) return;
        v->due = at;
    }
}

static int by_size(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static void print_quantiles(const char *name, uint32_t *took, int count) {
    static const int wanted[] = {0, 50, 95, 99, 100};
    if (count) qsort(took, (size_t)count, sizeof *took, by_size);
    printf("\"%s\":{", name);
    for (int i = 0; i < 5; i++)
        printf("%s\"%d\":%.3f", i ? "," : "", wanted[i],
               count ? took[(long)(count - 1) * wanted[i] / 100] / 1000.0 : 0.0);
    printf("}");
}

static void asks_print(ns_t at) {
    printf("{\"asked\":%ld,\"acks\":%ld,\"refusals\":%ld,\"lost\":%ld,\"unanswered\":%d,\"mixed_up\":%ld,"
           "\"short_of_sockets\":%ld,\"seconds\":%.6f,\"why\":{",
           asks.sent, asks.acks, asks.refusals, asks.lost, asks.waiting, asks.mixed_up,
           asks.short_of_sockets, (double)((asks.ended ? asks.ended : at) - asks.began) / 1e9);
    for (int i = 0; i < 16 && asks.why[i].code[0]; i++)
        printf("%s\"%s\":%ld", i ? "," : "", asks.why[i].code, asks.why[i].times);
    printf("},");
    print_quantiles("ms", asks.took_us, asks.took);
    printf("}\n");
}
