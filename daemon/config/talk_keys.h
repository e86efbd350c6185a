// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/config/reader.h"
#include "probes/probe.h"

// Readers of the keys of [[target]] that say what is said to a service, and how it is addressed.
namespace bw::config {

// "wss://" and "ws://" for a WebSocket, no path for gRPC; else any web address.
void read_target_url(Reading& reading, Section& section, Spec& spec);
// Whether, for a mail server, whose kind says which protocol it is; else which.
void read_starttls(Reading& reading, Section& section, Spec& spec);
void read_ehlo(Reading& reading, Section& section, Spec& spec);
void read_mail_from(Reading& reading, Section& section, Spec& spec);
// After the sender: nobody takes a recipient without one.
void read_rcpt_to(Reading& reading, Section& section, Spec& spec);
// After `send` and `expect`, which they stand instead of.
void read_send_hex(Reading& reading, Section& section, Spec& spec);
void read_expect_hex(Reading& reading, Section& section, Spec& spec);
void read_dialogue(Reading& reading, Section& section, Spec& spec);

}  // namespace bw::config
