/* SPDX-License-Identifier: MIT */
/*
 * From events to a tree. The events come from a process that may have gone mad
 * over what it read: any order of them is survived.
 */
#define _GNU_SOURCE /* vasprintf() */
#include "sim/app/load/yaml_build.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "sim/app/memory.h"

void yaml_stop(struct reader *r, const struct yaml_event *at,
	       const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		text = mem_text("this cannot be read");
	va_end(args);
	complain(r->c, r->file, at ? at->line : 0, at ? at->column : 0, "%s",
		 text);
	free(text);
	r->stopped = true;
}

static bool is_null(const struct yaml_event *e, const char *text)
{
	return e->plain && (*text == '\0' || strcmp(text, "~") == 0 ||
			    strcmp(text, "null") == 0);
}

static struct yaml *node_new(struct reader *r, enum yaml_kind kind,
			     const struct yaml_event *e)
{
	struct yaml *y = mem_new(1, sizeof *y);

	y->kind = kind;
	y->file = r->file;
	y->line = e->line;
	y->column = e->column;
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

static void take_key(struct reader *r, const struct yaml_event *e,
		     const char *key)
{
	struct yaml *map = r->open[r->depth - 1];
	int first = line_of(map, key);
	struct yaml_entry *new = mem_push(map->entries, map->n);

	new->key = mem_text(key);
	new->line = e->line;
	new->column = e->column;
	new->repeated = first > 0;
	r->wants_value = true;
	if (first)
		complain(r->c, r->file, e->line, e->column,
			 "\"%.60s\" stands here twice; first in line %d", key,
			 first);
	if (map->n > YAML_MOST_KEYS)
		yaml_stop(r, e, "this map has more than %d keys",
			  YAML_MOST_KEYS);
}

static bool expects_key(const struct reader *r)
{
	return r->depth && r->open[r->depth - 1]->kind == YAML_MAP &&
	       !r->wants_value;
}

/* Remembers what a name stands for; takes the name. The last one counts. */
static void anchor_node(struct reader *r, char *name, const struct yaml *node)
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

/* Quoted, anything can be written: "\0", "\e". */
static bool is_clean(const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (((unsigned char)text[i] < ' ' && text[i] != '\n' &&
		     text[i] != '\t') ||
		    text[i] == 0x7f)
			return false;
	return true;
}

static void take_text(struct reader *r, const struct yaml_event *e,
		      const char *text, const char *anchor)
{
	struct yaml *y;

	if (e->text > YAML_MOST_TEXT) {
		yaml_stop(r, e, "this text is longer than %d bytes",
			  YAML_MOST_TEXT);
	} else if (!is_clean(text, e->text)) {
		yaml_stop(r, e, "there is a control character in this text");
	} else if (expects_key(r)) {
		take_key(r, e, text);
	} else {
		y = node_new(r, YAML_TEXT, e);
		y->text = is_null(e, text) ? NULL : mem_text(text);
		place(r, y);
		if (*anchor)
			anchor_node(r, mem_text(anchor), y);
	}
}

static void open_container(struct reader *r, enum yaml_kind kind,
			   const struct yaml_event *e, const char *anchor)
{
	struct yaml *y;

	if (expects_key(r)) {
		yaml_stop(r, e, "a key is a word, not a list or a map");
		return;
	}
	if (r->depth == YAML_DEPTH) {
		yaml_stop(r, e, "this is nested more than %d deep", YAML_DEPTH);
		return;
	}
	y = node_new(r, kind, e);
	place(r, y);
	r->open_names[r->depth] = *anchor ? mem_text(anchor) : NULL;
	r->open[r->depth++] = y;
	r->wants_value = false;
}

static void close_container(struct reader *r, const struct yaml_event *e)
{
	struct yaml *y;

	if (r->depth == 0 || r->wants_value) {
		yaml_stop(r, e, "nothing ends here");
		return;
	}
	/* Whatever is closed was a value. */
	y = r->open[--r->depth];
	if (r->open_names[r->depth])
		anchor_node(r, r->open_names[r->depth], y);
	r->open_names[r->depth] = NULL;
}

/* Puts a copy in the place of `*name`. Copies are counted: a few lines can ask
 * for more of them than there are atoms. */
static void take_alias(struct reader *r, const struct yaml_event *e,
		       const char *name)
{
	unsigned budget = YAML_MOST_VALUES - r->n_copied;
	const struct yaml *node = anchored(r, name);
	struct yaml *copy;

	if (expects_key(r)) {
		yaml_stop(r, e, "a key is a word, not an alias");
		return;
	}
	if (!node) {
		yaml_stop(r, e, "there is no anchor &%.40s before this alias",
			  name);
		return;
	}
	copy = yaml_copy(node, YAML_DEPTH - r->depth, &budget);
	r->n_copied = YAML_MOST_VALUES - budget;
	if (copy)
		place(r, copy);
	else
		yaml_stop(r, e,
			  "with *%.40s the aliases stand for more than %d "
			  "values, or more than %d deep",
			  name, YAML_MOST_VALUES, YAML_DEPTH);
}

static void take_event(struct reader *r, const struct yaml_event *e,
		       const char *text, const char *anchor)
{
	struct yaml_event here = *e;

	switch ((enum yaml_event_kind)e->kind) {
	case YAML_EVENT_DOCUMENT:
		if (r->root)
			yaml_stop(r, e,
				  "a second document begins here; a scenario "
				  "is one");
		return;
	case YAML_EVENT_TEXT:
		take_text(r, e, text, anchor);
		return;
	case YAML_EVENT_LIST:
		open_container(r, YAML_LIST, e, anchor);
		return;
	case YAML_EVENT_MAP:
		open_container(r, YAML_MAP, e, anchor);
		return;
	case YAML_EVENT_CLOSE:
		close_container(r, e);
		return;
	case YAML_EVENT_ALIAS:
		here.column--; /* libfyaml's mark is behind the asterisk */
		take_alias(r, &here, anchor);
		return;
	case YAML_EVENT_END:
		r->ended = r->depth == 0;
		return;
	case YAML_EVENT_ERROR:
		break;
	}
	yaml_stop(r, e->line > 0 ? e : NULL, "this is not YAML%s%s",
		  *text ? ": " : "", text);
}

void yaml_build(struct reader *r, const struct yaml_event *e, const char *text,
		const char *anchor)
{
	bool is_value =
		e->kind == YAML_EVENT_TEXT || e->kind == YAML_EVENT_LIST ||
		e->kind == YAML_EVENT_MAP || e->kind == YAML_EVENT_ALIAS;

	if (is_value && r->root && r->depth == 0)
		yaml_stop(r, e, "nothing is expected here any more");
	else
		take_event(r, e, text, anchor);
	if (!r->stopped && r->depth &&
	    r->open[r->depth - 1]->n > YAML_MOST_VALUES)
		yaml_stop(r, e, "this list has more than %d values",
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
