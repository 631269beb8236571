/* SPDX-License-Identifier: MIT */
/* Words and lists of a figure on their way into JSON. */
#include "sim/app/load/figure.h"

#include <stdio.h>
#include <string.h>

void figure_put(struct draft *d, const char *key, const char *text)
{
	json_object_set_new(d->json, key, json_string(text));
}

void figure_put_text(struct draft *d, const char *key)
{
	const struct yaml *y = yaml_get(d->map, key);
	const char *text = y ? text_of(d->l, y, key) : NULL;

	if (text)
		figure_put(d, key, text);
}

const char *figure_instead(const char *typed, const char *const *words,
			   unsigned n, char *out, size_t size)
{
	size_t used = 0;

	if (*meant(typed, words, n, out, size))
		return out;
	for (unsigned i = 0; i < n && used < size; i++)
		used += (size_t)snprintf(out + used, size - used, "%s%s",
					 i == 0	      ? ": write "
					 : i == n - 1 ? " or "
						      : ", ",
					 words[i]);
	return out;
}

unsigned figure_put_word(struct draft *d, const char *key,
			 const char *const *words, unsigned n)
{
	const struct yaml *y = yaml_get(d->map, key);
	const char *text = y ? text_of(d->l, y, key) : NULL;
	char near[160];

	for (unsigned i = 0; text && i < n; i++) {
		if (strcmp(text, words[i]) == 0) {
			figure_put(d, key, text);
			return i;
		}
	}
	if (text)
		gripe(d->l, y, "\"%.40s\" is no %s of %s%s", text, key, d->what,
		      figure_instead(text, words, n, near, sizeof near));
	return 0;
}

void figure_put_list(struct draft *d, const char *key, check_fn *check)
{
	const struct yaml *y = yaml_get(d->map, key);
	json_t *list;

	if (!y)
		return;
	list = json_array();
	for (unsigned i = 0; i < (y->kind == YAML_LIST ? y->n : 1); i++) {
		const struct yaml *word =
			y->kind == YAML_LIST ? y->entries[i].value : y;
		const char *text = text_of(d->l, word, key);

		if (text && check(d, word, text))
			json_array_append_new(list, json_string(text));
	}
	json_object_set_new(d->json, key, list);
}

void figure_put_scale(struct draft *d, const char *key)
{
	static const char *const scales[] = {"linear", "log"};

	figure_put_word(d, key, scales, COUNT(scales));
}
