// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/web/server.h"
#include "probes/exchange.h"

#include <functional>
#include <string>
#include <vector>

// What the web server answers, apart from how bytes travel: requests and replies as plain values.
//
// GET (and HEAD)                              POST
//   /                    the status page        /api/v1/incidents/ID/acknowledge
//   /metrics             Prometheus text        /api/v1/incidents/ID/close
//   /-/healthy /-/ready  for supervisors        /api/v1/targets/ID/approve
//   /api/v1/status       everything (json.h)    /api/v1/announcements
//   /api/v1/{functions,providers,targets,incidents}, /api/v1/incidents/ID
//   /api/v1/notices      what customers may be told
//   /api/v2/{summary,status,components,incidents}.json, /api/v2/incidents/unresolved.json
//                        what everybody may read (statuspage.h)
//   /public              the same as a page (public_page.h)
//
// A POST changes what the judge is told, so it is taken only from this machine (put a proxy that
// knows its users in front of it), never from another website's page, and only as JSON.
namespace bw {

struct WebRequest {
  std::string method{};
  std::string target{};  // origin form, as received: "/api/v1/status?pretty"
  std::string host{};    // the headers that matter, as received; empty where there is none
  std::string origin{};
  std::string fetch_site{};
  std::string content_type{};
  std::string if_none_match{};
  std::string body{};
  bool is_peer_local = false;  // the client's address is a loopback one
};

struct WebReply {
  int status = 200;
  std::string content_type{};
  std::string body{};
  std::vector<Header> headers;  // all but Content-Type and Content-Length
  // What follows the body where it is too large to be held whole: the next piece, empty at the end.
  std::function<std::string()> more{};
};

// Total: whatever is asked gets an answer. HEAD gets the body of GET; the sender leaves it out.
[[nodiscard]] WebReply answer(const WebRequest& request, const WebHooks& hooks);
// What goes wrong below the routes (malformed, too large): the same shape and headers.
[[nodiscard]] WebReply refusal(int status, const std::string& what, const std::string& hint = {});

}  // namespace bw
