// SPDX-License-Identifier: Apache-2.0
#include "daemon/net/net.h"

#include "daemon/net/http_engine.h"
#include "daemon/net/job.h"
#include "daemon/net/lanes.h"

#include <sys/resource.h>

#include <algorithm>
#include <deque>
#include <unordered_map>
#include <utility>

namespace bw {
namespace {

// Exchanges that may begin in one turn.
constexpr int kStartsPerTurn = 64;
// Connections that stay open between looks. libcurl visits every one of them once a second when a
// new connection is made, so that many more would be felt in the loop's turns.
constexpr int kKeptMax = 2048;

template <class... Fs>
struct Overloaded : Fs... {
  using Fs::operator()...;
};

// Raises the limit on descriptors as far as this process may, and says what can be used: a
// quarter, and 64, are left to the journal, the web server and name servers.
int descriptors_for_exchanges() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 64;
  constexpr rlim_t kEnough = 65'536;
  const rlim_t wanted = std::min(limit.rlim_max, kEnough);
  if (limit.rlim_cur < wanted) {
    limit.rlim_cur = wanted;
    setrlimit(RLIMIT_NOFILE, &limit);
    getrlimit(RLIMIT_NOFILE, &limit);
  }
  const auto usable = static_cast<int>(std::min(limit.rlim_cur, kEnough));
  return std::max(usable * 3 / 4 - 64, 8);
}

}  // namespace

struct Net::State {
  struct Queued {
    Ask ask;
    Done done;
    Steady since{};
  };
  struct Running {
    std::unique_ptr<net::Job> job;
    Done done;
    Loop::Timer deadline = 0;
  };

  State(Loop& the_loop, NetSettings the_settings)
      : loop(the_loop),
        settings(std::move(the_settings)),
        source(parse_address(settings.source_address)),
        in_flight_max(std::clamp(settings.in_flight_max, 1, descriptors_for_exchanges())),
        dns(loop, settings.name_servers, source),
        resolver(loop, dns),
        roots(loop),
        tls_gate(loop, std::max(settings.tls_starts_per_turn, 1)),
        http(loop, std::clamp(descriptors_for_exchanges() - in_flight_max, 1, kKeptMax)) {}

  void start_soon() {
    if (pump != 0) return;
    pump = loop.after(Micros{0}, [this] {
      pump = 0;
      start_some();
    });
  }

  void start_some() {
    finished.clear();
    for (int begun = 0; begun < kStartsPerTurn && !queue.empty(); ++begun) {
      if (running.size() >= static_cast<std::size_t>(in_flight_max)) return;
      Queued next = std::move(queue.front());
      queue.pop_front();
      const auto waited = loop.turn().steady - next.since;
      if (waited > next.ask.deadline) {
        refuse(next.done,
               "waited " + print_duration(std::chrono::duration_cast<Millis>(waited)) +
                   " for its turn: too many looks at once");
      } else {
        begin(std::move(next));
      }
    }
    if (!queue.empty()) start_soon();
  }

  static void refuse(const Done& done, std::string why) {
    Reply reply;
    reply.failure = Outcome::monitor_error;
    reply.detail = std::move(why);
    done(std::move(reply));
  }

  void begin(Queued next) {
    const std::uint64_t id = ++started;
    const Millis allowed = next.ask.deadline;
    net::Job::Terms terms{.deadline = loop.turn().steady + allowed,
                          .allowed = allowed,
                          .finish = [this, id](Reply reply) { finish(id, std::move(reply)); }};
    Running entry{.job = make_job(std::move(next.ask.what), std::move(terms)),
                  .done = std::move(next.done),
                  .deadline = 0};
    net::Job& job = *entry.job;
    entry.deadline = loop.after(allowed, [this, id] {
      if (const auto found = running.find(id); found != running.end()) found->second.job->expire();
    });
    running.emplace(id, std::move(entry));
    job.start();
  }

  std::unique_ptr<net::Job> make_job(decltype(Ask::what) what, net::Job::Terms terms) {
    return std::visit(
        Overloaded{
            [&](HttpAsk& ask) { return make_http_job(context, std::move(ask), std::move(terms)); },
            [&](TcpAsk& ask) { return make_tcp_job(context, std::move(ask), std::move(terms)); },
            [&](TlsAsk& ask) { return make_tls_job(context, std::move(ask), std::move(terms)); },
            [&](TalkAsk& ask) { return make_talk_job(context, std::move(ask), std::move(terms)); },
            [&](UdpAsk& ask) { return make_udp_job(context, std::move(ask), std::move(terms)); },
            [&](EchoAsk& ask) { return make_echo_job(context, std::move(ask), std::move(terms)); },
            [&](DnsAsk& ask) { return make_dns_job(context, std::move(ask), std::move(terms)); }},
        what);
  }

  void finish(std::uint64_t id, Reply reply) {
    const auto found = running.find(id);
    if (found == running.end()) return;
    Running entry = std::move(found->second);
    running.erase(found);
    loop.cancel(entry.deadline);
    // It is the caller: it goes in the next turn.
    finished.push_back(std::move(entry.job));
    start_soon();
    entry.done(std::move(reply));
  }

  Loop& loop;
  NetSettings settings;
  std::optional<IpAddress> source;
  int in_flight_max;
  net::DnsClient dns;
  net::Resolver resolver;
  net::RootsCache roots;
  net::Gate tls_gate;
  net::HttpEngine http;
  net::Lanes lanes;
  net::Context context{.loop = loop,
                       .settings = settings,
                       .source = source,
                       .dns = dns,
                       .resolver = resolver,
                       .roots = roots,
                       .tls_gate = tls_gate,
                       .http = http,
                       .lanes = lanes};
  std::deque<Queued> queue;
  std::unordered_map<std::uint64_t, Running> running;
  std::vector<std::unique_ptr<net::Job>> finished;
  Loop::Timer pump = 0;
  std::uint64_t started = 0;
};

Net::Net(Loop& loop, NetSettings settings)
    : state_(std::make_unique<State>(loop, std::move(settings))) {}

Net::~Net() {
  state_->loop.cancel(state_->pump);
  for (const auto& [id, entry] : state_->running)
    state_->loop.cancel(entry.deadline);
}

void Net::start(Ask ask, Done done) {
  if (state_->queue.size() >= static_cast<std::size_t>(std::max(state_->settings.queued_max, 0))) {
    state_->loop.after(Micros{0}, [done = std::move(done)] {
      State::refuse(done, "too many looks are waiting for their turn");
    });
    return;
  }
  state_->queue.push_back(
      {.ask = std::move(ask), .done = std::move(done), .since = state_->loop.turn().steady});
  if (state_->running.size() < static_cast<std::size_t>(state_->in_flight_max)) {
    state_->start_soon();
  }
}

Net::Stats Net::stats() const {
  return {.in_flight = static_cast<int>(state_->running.size()),
          .queued = static_cast<int>(state_->queue.size()),
          .started = state_->started,
          .kept = state_->http.kept(),
          .ca_loads = state_->roots.loads(),
          .dns_queries = state_->dns.queries_total()};
}

}  // namespace bw
