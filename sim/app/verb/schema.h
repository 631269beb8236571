/* SPDX-License-Identifier: MIT */
/* The parts of the JSON Schema; nobody else includes this. */
#ifndef APP_SCHEMA_H
#define APP_SCHEMA_H

#include <jansson.h>

#include "sim/stage.h"

/* {"anyOf": [a, b]}; takes both. */
json_t *any_of(json_t *a, json_t *b);

/* A map of a type's parameters; with `name` where it stands in a path. */
json_t *type_schema(const struct stage_type *type, bool named);

#endif
