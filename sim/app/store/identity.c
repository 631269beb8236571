/* SPDX-License-Identifier: MIT */
#include "sim/app/store/identity.h"

#include <stdlib.h>
#include <string.h>

#include "sim/app/memory.h"
#include "sim/app/world/world.h"

__extension__ typedef unsigned __int128 uint128;

/* The prime of FNV-1a with 128 bits: 2^88 + 2^8 + 0x3b. */
#define FNV_PRIME (((uint128)1 << 88) + 0x13b)

struct identity identity_start(void)
{
	return (struct identity){0x6c62272e07bb0142, 0x62b821756295c58d};
}

static void add_bytes(struct identity *id, const void *bytes, size_t n)
{
	uint128 h = (uint128)id->high << 64 | id->low;

	for (const unsigned char *p = bytes; n > 0; n--)
		h = (h ^ *p++) * FNV_PRIME;
	id->high = (uint64_t)(h >> 64);
	id->low = (uint64_t)h;
}

void identity_text(struct identity *id, const char *text)
{
	if (text)
		add_bytes(id, text, strlen(text) + 1);
	else
		add_bytes(id, "\xff", 2);
}

/* Low byte first, whatever the machine does. */
void identity_number(struct identity *id, uint64_t number)
{
	unsigned char bytes[8];

	for (unsigned i = 0; i < 8; i++)
		bytes[i] = (unsigned char)(number >> 8 * i);
	add_bytes(id, bytes, sizeof bytes);
}

void identity_double(struct identity *id, double number)
{
	uint64_t bits;

	memcpy(&bits, &number, sizeof bits);
	identity_number(id, bits);
}

static bool changes_no_run(const char *row)
{
	return strcmp(row, "seeds") == 0 || strcmp(row, "seed") == 0 ||
	       strcmp(row, "timeout") == 0;
}

struct identity identity_of_stage(const struct scenario *sc,
				  const struct point *pt, unsigned s)
{
	const struct stage_type *type = sc->stages[s].type;
	void *params = mem_new(1, type->params_size);
	struct identity id = identity_start();
	char text[512];

	scenario_params(sc, pt, s, params);
	identity_text(&id, type->name);
	identity_text(&id, sc->stages[s].name);
	for (unsigned i = 0; i < type->n_params; i++) {
		const struct param *row = &type->params[i];

		if (s == 0 && changes_no_run(row->name))
			continue;
		identity_text(&id, row->name);
		identity_text(&id, param_format(row, param_field(row, params),
						text, sizeof text));
	}
	free(params);
	return id;
}

struct identity identity_of_run(struct identity point, uint64_t seed,
				const char *engine)
{
	identity_number(&point, seed);
	identity_text(&point, engine);
	identity_number(&point, MODEL_VERSION);
	return point;
}
