/* SPDX-License-Identifier: MIT */
#include "models/ring/vif_queue.h"

bool vif_queue_put(struct vif_queue *q, struct packet *p)
{
	if (q->length >= q->limit)
		return false;
	p->next = NULL;
	if (q->head)
		q->tail->next = p;
	else
		q->head = p;
	q->tail = p;
	q->length++;
	return true;
}

struct packet *vif_queue_take(struct vif_queue *q)
{
	struct packet *p = q->head;

	if (!p)
		return NULL;
	q->head = p->next;
	q->length--;
	return p;
}

uint64_t vif_queue_inside(const struct vif_queue *q)
{
	uint64_t n = 0;

	for (const struct packet *p = q->head; p; p = p->next)
		n++;
	return n;
}
