/* SPDX-License-Identifier: MIT */
/* What this folder gives the roof: sources and ends of traffic. */
#ifndef TCP_TYPES_H
#define TCP_TYPES_H

#include "sim/stage.h"

extern const struct stage_type ns3_link_type;
extern const struct stage_type pktgen_type;
extern const struct stage_type sink_type;
extern const struct stage_type tcp_sink_type;
extern const struct stage_type tcp_type;
extern const struct stage_type udp_sink_type;
extern const struct stage_type udp_type;
extern const struct stage_type service_type;
extern const struct stage_type wire_type;
extern const struct stage_type stream_sink_type;
extern const struct stage_type stream_source_type;
extern const struct stage_type responder_type;

#endif
