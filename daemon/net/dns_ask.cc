// SPDX-License-Identifier: Apache-2.0
#include "daemon/net/dns_client.h"
#include "daemon/net/job.h"

#include <algorithm>
#include <utility>

namespace bw::net {
namespace {

constexpr std::size_t kTypesMax = 32;

// One question for each type, all at once.
class DnsJob final : public Job {
 public:
  DnsJob(Context& shared, DnsAsk ask, Terms terms)
      : Job(shared, std::move(terms)), ask_(std::move(ask)) {}

  void start() override {
    begun_ = std::chrono::steady_clock::now();
    if (ask_.types.empty() || ask_.types.size() > kTypesMax) {
      refuse("between 1 and " + std::to_string(kTypesMax) + " record types can be asked");
      return;
    }
    std::optional<Endpoint> server;
    if (!ask_.server.empty()) {
      server = parse_endpoint(ask_.server, 53);
      if (!server) {
        refuse("\"" + ask_.server.substr(0, 60) + "\" is not the address of a name server");
        return;
      }
    }
    const std::string asked = server ? print(*server) : context().dns.asked();
    details_.resize(ask_.types.size());
    for (const std::uint16_t type : ask_.types) {
      DnsReply reply;
      reply.type = type;
      reply.failure = Outcome::dns_timeout;
      reply.server = asked;
      reply_.dns.push_back(std::move(reply));
    }
    for (std::size_t i = 0; i < ask_.types.size(); ++i)
      ask_one(server, i);
  }

  void expire() override {
    if (is_finished()) return;
    for (std::string& detail : details_) {
      if (detail.empty()) detail = reply_.dns.front().server + " did not answer in " + allowed();
    }
    end();
  }

 private:
  void ask_one(const std::optional<Endpoint>& server, std::size_t position) {
    const DnsQuestion question{.name = ask_.name,
                               .type = ask_.types[position],
                               .is_recursive = ask_.is_recursive,
                               .is_unchecked = false};
    const auto done = [this, weak = alive(), position](DnsAnswer answer) {
      if (!weak.expired() && !is_finished()) read(position, std::move(answer));
    };
    if (server) {
      context().dns.ask(*server, question, left(), done);
    } else {
      context().dns.ask(question, left(), done);
    }
  }

  void read(std::size_t position, DnsAnswer answer) {
    DnsReply& reply = reply_.dns[position];
    reply.failure = answer.failure;
    if (!answer.server.empty()) reply.server = answer.server;
    reply.rcode = answer.message.rcode;
    reply.is_authoritative = answer.message.is_authoritative;
    reply.is_authenticated = answer.message.is_authenticated;
    reply.extended_error = answer.message.extended_error;
    reply.answer = std::move(answer.message.answer);
    reply.authority = std::move(answer.message.authority);
    details_[position] = std::move(answer.detail);
    if (++answered_ == ask_.types.size()) end();
  }

  // The exchange failed when every question did.
  void end() {
    reply_.phases.resolve =
        std::chrono::duration_cast<Micros>(std::chrono::steady_clock::now() - begun_);
    const auto worked = std::ranges::find(reply_.dns, Outcome::ok, &DnsReply::failure);
    const auto& telling = worked != reply_.dns.end() ? *worked : reply_.dns.front();
    reply_.failure = telling.failure;
    if (telling.failure != Outcome::ok) reply_.detail = details_.front();
    reply_.resolution.server = telling.server;
    finish(std::move(reply_));
  }

  void refuse(std::string why) {
    reply_.failure = Outcome::monitor_error;
    reply_.detail = std::move(why);
    finish(std::move(reply_));
  }

  DnsAsk ask_;
  Reply reply_;
  Steady begun_{};
  std::vector<std::string> details_;
  std::size_t answered_ = 0;
};

}  // namespace

std::unique_ptr<Job> make_dns_job(Context& context, DnsAsk ask, Job::Terms terms) {
  return std::make_unique<DnsJob>(context, std::move(ask), std::move(terms));
}

}  // namespace bw::net
