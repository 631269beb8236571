/* SPDX-License-Identifier: MIT */
/* From libfyaml's events to a tree. */
#define _GNU_SOURCE /* vasprintf() */
#include "sim/app/yaml_build.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "sim/app/memory.h"

void yaml_stop(struct reader *r, const struct fy_mark *at, const char *format,
	       ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		text = mem_text("this cannot be read");
	va_end(args);
	complain(r->c, r->file, at ? at->line + 1 : 0, at ? at->column + 1 : 0,
		 "%s", text);
	free(text);
	r->stopped = true;
}

static char *token_text(struct fy_token *token)
{
	size_t n = 0;
	const char *s = token ? fy_token_get_text(token, &n) : NULL;
	char *copy = mem_new(n + 1, 1);

	if (s)
		memcpy(copy, s, n);
	return copy;
}

static bool is_null(struct fy_token *token, const char *text)
{
	if (token && fy_token_scalar_style(token) != FYSS_PLAIN)
		return false;
	return *text == '\0' || strcmp(text, "~") == 0 ||
	       strcmp(text, "null") == 0;
}

static struct yaml *node_new(struct reader *r, enum yaml_kind kind,
			     const struct fy_mark *at)
{
	struct yaml *y = mem_new(1, sizeof *y);

	y->kind = kind;
	y->file = r->file;
	y->line = at ? at->line + 1 : 1;
	y->column = at ? at->column + 1 : 1;
	return y;
}

/* Hangs a value into the tree. */
static void place(struct reader *r, struct yaml *y)
{
	struct yaml *in = r->depth ? r->open[r->depth - 1] : NULL;
	struct yaml_entry *e;

	if (!in) {
		r->root = y;
		return;
	}
	if (in->kind == YAML_MAP) {
		e = &in->entries[in->n - 1];
		/* "key:" without anything: the place is the key's. */
		if (y->kind == YAML_TEXT && !y->text) {
			y->line = e->line;
			y->column = e->column;
		}
		r->wants_value = false;
	} else {
		e = mem_push(in->entries, in->n);
		e->line = y->line;
		e->column = y->column;
	}
	e->value = y;
}

/* Where a key stands already; 0: nowhere. */
static int line_of(const struct yaml *map, const char *key)
{
	for (unsigned i = 0; i < map->n; i++)
		if (strcmp(map->entries[i].key, key) == 0)
			return map->entries[i].line;
	return 0;
}

static void take_key(struct reader *r, struct fy_token *token,
		     const struct fy_mark *at)
{
	struct yaml *map = r->open[r->depth - 1];
	char *key = token_text(token);
	int first = line_of(map, key);
	struct yaml_entry *e = mem_push(map->entries, map->n);

	e->key = key;
	e->repeated = first > 0;
	e->line = at->line + 1;
	e->column = at->column + 1;
	r->wants_value = true;
	if (first)
		complain(r->c, r->file, e->line, e->column,
			 "\"%.60s\" stands here twice; first in line %d", key,
			 first);
	if (map->n > YAML_MOST_KEYS)
		yaml_stop(r, at, "this map has more than %d keys",
			  YAML_MOST_KEYS);
}

static bool expects_key(const struct reader *r)
{
	return r->depth && r->open[r->depth - 1]->kind == YAML_MAP &&
	       !r->wants_value;
}

/* Remembers what a name stands for; takes the name. The last one counts. */
static void anchor(struct reader *r, char *name, const struct yaml *node)
{
	if (r->n_anchors == YAML_MOST_KEYS) {
		free(name);
		return;
	}
	*mem_push(r->anchors, r->n_anchors) = (struct anchor){name, node};
}

static const struct yaml *anchored(const struct reader *r, const char *name)
{
	for (unsigned i = r->n_anchors; i-- > 0;)
		if (strcmp(r->anchors[i].name, name) == 0)
			return r->anchors[i].node;
	return NULL;
}

static void take_text(struct reader *r, struct fy_token *token,
		      struct fy_token *name, const struct fy_mark *at)
{
	struct yaml *y;

	if (token && fy_token_get_text_length(token) > YAML_MOST_TEXT) {
		yaml_stop(r, at, "this text is longer than %d bytes",
			  YAML_MOST_TEXT);
		return;
	}
	if (expects_key(r)) {
		take_key(r, token, at);
		return;
	}
	y = node_new(r, YAML_TEXT, at);
	y->text = token_text(token);
	if (is_null(token, y->text)) {
		free(y->text);
		y->text = NULL;
	}
	place(r, y);
	if (name)
		anchor(r, token_text(name), y);
}

static void open_container(struct reader *r, enum yaml_kind kind,
			   struct fy_token *name, const struct fy_mark *at)
{
	struct yaml *y;

	if (expects_key(r)) {
		yaml_stop(r, at, "a key is a word, not a list or a map");
		return;
	}
	if (r->depth == YAML_DEPTH) {
		yaml_stop(r, at, "this is nested more than %d deep",
			  YAML_DEPTH);
		return;
	}
	y = node_new(r, kind, at);
	place(r, y);
	r->open_names[r->depth] = name ? token_text(name) : NULL;
	r->open[r->depth++] = y;
	r->wants_value = false;
}

static void close_container(struct reader *r)
{
	struct yaml *y = r->open[--r->depth];

	/* Whatever is closed was a value. */
	r->wants_value = false;
	if (r->open_names[r->depth])
		anchor(r, r->open_names[r->depth], y);
	r->open_names[r->depth] = NULL;
}

/* Puts a copy in the place of `*name`. Copies are counted: a few lines can ask
 * for more of them than there are atoms. */
static void take_alias(struct reader *r, struct fy_token *token,
		       const struct fy_mark *at)
{
	char *name = token_text(token);
	unsigned budget = YAML_MOST_VALUES - r->n_copied;
	const struct yaml *node = anchored(r, name);
	struct yaml *copy = NULL;

	if (expects_key(r)) {
		yaml_stop(r, at, "a key is a word, not an alias");
	} else if (!node) {
		yaml_stop(r, at, "there is no anchor &%.40s before this alias",
			  name);
	} else {
		copy = yaml_copy(node, YAML_DEPTH - r->depth, &budget);
		r->n_copied = YAML_MOST_VALUES - budget;
		if (!copy)
			yaml_stop(r, at,
				  "with *%.40s the aliases stand for more than "
				  "%d "
				  "values, or more than %d deep",
				  name, YAML_MOST_VALUES, YAML_DEPTH);
	}
	if (copy)
		place(r, copy);
	free(name);
}

void yaml_build(struct reader *r, struct fy_event *e)
{
	const struct fy_mark *mark = fy_event_start_mark(e);
	struct fy_mark here = mark ? *mark : r->last;
	const struct fy_mark *at = &here;

	r->last = here; /* what is empty has no mark of its own */
	switch (e->type) {
	case FYET_SCALAR:
		take_text(r, e->scalar.value, e->scalar.anchor, at);
		break;
	case FYET_SEQUENCE_START:
		open_container(r, YAML_LIST, e->sequence_start.anchor, at);
		break;
	case FYET_MAPPING_START:
		open_container(r, YAML_MAP, e->mapping_start.anchor, at);
		break;
	case FYET_SEQUENCE_END:
	case FYET_MAPPING_END:
		close_container(r);
		break;
	case FYET_ALIAS:
		/* The mark is behind the asterisk. */
		here.column--;
		take_alias(r, e->alias.anchor, &here);
		break;
	case FYET_DOCUMENT_START:
		if (r->root)
			yaml_stop(r, at,
				  "a second document begins here; a "
				  "scenario is one");
		break;
	case FYET_NONE:
	case FYET_STREAM_START:
	case FYET_STREAM_END:
	case FYET_DOCUMENT_END:
		break;
	}
	if (!r->stopped && r->depth &&
	    r->open[r->depth - 1]->n > YAML_MOST_VALUES)
		yaml_stop(r, at, "this list has more than %d values",
			  YAML_MOST_VALUES);
}
void yaml_built(struct reader *r)
{
	for (unsigned i = 0; i < r->n_anchors; i++)
		free(r->anchors[i].name);
	free(r->anchors);
	while (r->depth)
		free(r->open_names[--r->depth]);
}
