/* SPDX-License-Identifier: MIT */
/*
 * What libfyaml says of a text, one event after the other, as bytes through a
 * pipe. Nobody but yaml_*.c includes this.
 *
 * libfyaml 0.7 is not made for texts from strangers: one that begins with
 * "? :&a :\t" has it free the same memory twice. So it works in a process of
 * its own that can do nothing but read, write and end, in bounded time; and the
 * one that asks believes nothing of what comes back.
 */
#ifndef APP_YAML_EVENT_H
#define APP_YAML_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum yaml_event_kind {
	YAML_EVENT_DOCUMENT,
	YAML_EVENT_TEXT,
	YAML_EVENT_LIST,
	YAML_EVENT_MAP,
	YAML_EVENT_CLOSE, /* of a list or a map */
	YAML_EVENT_ALIAS,
	YAML_EVENT_END,
	YAML_EVENT_ERROR, /* text: why it is no YAML; line 0: place unknown */
};

/* Followed by `text` bytes of text and `anchor` bytes of an anchor's name. */
struct yaml_event {
	int32_t kind;
	int32_t line, column; /* from 1 */
	int32_t plain;	      /* the text is not quoted */
	uint32_t text, anchor;
};

#define YAML_MOST_ANCHOR 200

/* Writes the events of a text to fd, and ends the process. */
_Noreturn void yaml_tell(int fd, const char *text, size_t n);

#endif
