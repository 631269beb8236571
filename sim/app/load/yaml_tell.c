/* SPDX-License-Identifier: MIT */
/* libfyaml, in a process of its own. */
#define _GNU_SOURCE /* syscall() */
#include "sim/app/load/yaml_event.h"

#include <fcntl.h>
#include <libfyaml.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <linux/seccomp.h>

#include "sim/app/load/yaml.h"

/* A megabyte of brackets takes 360 MB of tokens. */
#define HEAP_BYTES  (512 << 20)
#define CPU_SECONDS 10

/* A sanitizer's own system calls would be refused. */
#if defined __SANITIZE_ADDRESS__
#define SANITIZED 1
#elif defined __has_feature
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

struct teller {
	int fd;
	size_t used;
	char said[200]; /* what the library would have printed */
	char buffer[1 << 16];
};

/* _exit() is a system call that is not among the few. */
static _Noreturn void end(void)
{
	for (;;)
		syscall(SYS_exit, 0);
}

static void flush(struct teller *t)
{
	size_t done = 0;
	ssize_t n;

	while (done < t->used) {
		n = write(t->fd, t->buffer + done, t->used - done);
		if (n <= 0)
			end();
		done += (size_t)n;
	}
	t->used = 0;
}

static void put(struct teller *t, const void *bytes, size_t n)
{
	const char *from = bytes;

	while (n) {
		size_t room = sizeof t->buffer - t->used;
		size_t part = n < room ? n : room;

		memcpy(t->buffer + t->used, from, part);
		t->used += part;
		from += part;
		n -= part;
		if (t->used == sizeof t->buffer)
			flush(t);
	}
}

static const char *token_text(struct fy_token *token, size_t most, uint32_t *n)
{
	size_t length = 0;
	const char *text = token ? fy_token_get_text(token, &length) : NULL;

	if (!text)
		length = 0;
	*n = (uint32_t)(length < most ? length : most);
	return text;
}

static void tell(struct teller *t, enum yaml_event_kind kind,
		 const struct fy_mark *at, struct fy_token *text,
		 struct fy_token *anchor)
{
	struct yaml_event e = {.kind = (int32_t)kind};
	const char *text_at, *anchor_at;

	if (at) {
		e.line = at->line + 1;
		e.column = at->column + 1;
	}
	e.plain = !text || fy_token_scalar_style(text) == FYSS_PLAIN;
	/* One byte more says that there is too much. */
	text_at = token_text(text, YAML_MOST_TEXT + 1, &e.text);
	anchor_at = token_text(anchor, YAML_MOST_ANCHOR, &e.anchor);
	put(t, &e, sizeof e);
	put(t, text_at, e.text);
	put(t, anchor_at, e.anchor);
}

static void tell_event(struct teller *t, const struct fy_event *e,
		       const struct fy_mark *at)
{
	switch (e->type) {
	case FYET_SCALAR:
		tell(t, YAML_EVENT_TEXT, at, e->scalar.value, e->scalar.anchor);
		break;
	case FYET_SEQUENCE_START:
		tell(t, YAML_EVENT_LIST, at, NULL, e->sequence_start.anchor);
		break;
	case FYET_MAPPING_START:
		tell(t, YAML_EVENT_MAP, at, NULL, e->mapping_start.anchor);
		break;
	case FYET_SEQUENCE_END:
	case FYET_MAPPING_END:
		tell(t, YAML_EVENT_CLOSE, at, NULL, NULL);
		break;
	case FYET_ALIAS:
		tell(t, YAML_EVENT_ALIAS, at, NULL, e->alias.anchor);
		break;
	case FYET_DOCUMENT_START:
		tell(t, YAML_EVENT_DOCUMENT, at, NULL, NULL);
		break;
	case FYET_STREAM_END:
		tell(t, YAML_EVENT_END, at, NULL, NULL);
		break;
	case FYET_NONE:
	case FYET_STREAM_START:
	case FYET_DOCUMENT_END:
		break;
	}
}

static void tell_error(struct teller *t, struct fy_diag *diag)
{
	struct yaml_event e = {.kind = YAML_EVENT_ERROR};
	const char *why = t->said;
	struct fy_diag_error *error;
	void *state = NULL;

	while ((error = fy_diag_errors_iterate(diag, &state)) != NULL) {
		if (error->type != FYET_ERROR || !error->msg)
			continue;
		why = error->msg;
		e.line = error->line > 0 ? error->line : 1;
		e.column = error->column > 0 ? error->column : 1;
		break;
	}
	e.text = (uint32_t)strnlen(why, sizeof t->said);
	put(t, &e, sizeof e);
	put(t, why, e.text);
}

/* The library says some things without a place, and would print them. */
static void listen(struct fy_diag *diag, void *user, const char *text, size_t n)
{
	struct teller *t = user;
	size_t line = 0;

	(void)diag;
	while (line < n && line < sizeof t->said - 1 && text[line] != '\n' &&
	       text[line] != '\0')
		line++;
	if (*t->said == '\0')
		memcpy(t->said, text, line);
}

static void set_limit(int resource, rlim_t most)
{
	struct rlimit limit = {most, most};

	setrlimit((__rlimit_resource_t)resource, &limit);
}

/* From here on: read, write, end. malloc() has to do with what it has. Where
 * the system does not know how to confine us, the limits have to do. */
static void confine(void)
{
	void *heap;

	set_limit(RLIMIT_CORE, 0);
	set_limit(RLIMIT_CPU, CPU_SECONDS);
	if (SANITIZED)
		return;
	mallopt(M_MMAP_MAX, 0);
	mallopt(M_TRIM_THRESHOLD, -1);
	heap = malloc(HEAP_BYTES);
	/* Else a compiler may see that nobody needs it. */
	__asm__ volatile("" : : "r"(heap) : "memory");
	if (!heap)
		return;
	free(heap);
	close(STDERR_FILENO); /* malloc's last words */
	prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT);
}

static struct fy_parser *open_parser(struct teller *t, struct fy_diag **diag)
{
	struct fy_diag_cfg diag_cfg;
	struct fy_parse_cfg cfg = {.flags = FYPCF_QUIET | FYPCF_COLLECT_DIAG |
					    FYPCF_DISABLE_RECYCLING};

	fy_diag_cfg_default(&diag_cfg);
	diag_cfg.fp = NULL;
	diag_cfg.output_fn = listen;
	diag_cfg.user = t;
	diag_cfg.show_type = false;
	cfg.diag = *diag = fy_diag_create(&diag_cfg);
	if (!cfg.diag)
		return NULL;
	fy_diag_set_collect_errors(cfg.diag, true);
	return fy_parser_create(&cfg);
}

_Noreturn void yaml_tell(int fd, const char *text, size_t n)
{
	static const struct fy_mark start;
	struct teller t = {.fd = fd};
	struct fy_mark last = start;
	struct fy_diag *diag;
	struct fy_parser *parser = open_parser(&t, &diag);
	struct fy_event *e = NULL;

	confine();
	if (!parser || fy_parser_set_string(parser, text, n) != 0)
		end();
	while ((e = fy_parser_parse(parser)) != NULL) {
		const struct fy_mark *at = fy_event_start_mark(e);

		last = at ? *at : last; /* what is empty has none of its own */
		tell_event(&t, e, &last);
		if (e->type == FYET_STREAM_END)
			break;
		fy_parser_event_free(parser, e);
	}
	if (!e || fy_parser_get_stream_error(parser))
		tell_error(&t, diag);
	flush(&t);
	end();
}
