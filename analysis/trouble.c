/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stdio.h>

#include "analysis/trouble.h"

bool trouble_user(struct trouble *t, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(t->text, sizeof t->text, format, args);
	va_end(args);
	t->exit = 2;
	return false;
}

bool trouble_machine(struct trouble *t, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(t->text, sizeof t->text, format, args);
	va_end(args);
	t->exit = 1;
	return false;
}

void trouble_place(struct trouble *t, const char *format, ...)
{
	struct trouble inner = *t;
	int room = sizeof t->text, used;
	va_list args;

	va_start(args, format);
	used = vsnprintf(t->text, sizeof t->text, format, args);
	va_end(args);
	if (used < room)
		snprintf(t->text + used, (size_t)(room - used), ": %.*s",
			 room - used - 3, inner.text);
}
