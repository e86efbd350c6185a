// SPDX-License-Identifier: Apache-2.0
#include "daemon/verdict/archive_verdict.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bw {
namespace {

template <class T>
std::string archive(const T& value) {
  ArchiveWriter writer;
  writer(value);
  return writer.take();
}
template <class T>
T read_back(std::string_view bytes) {
  T value{};
  ArchiveReader reader(bytes);  // NOLINT(misc-const-correctness): reading moves it on
  reader(value);
  EXPECT_TRUE(reader.done());
  return value;
}

Time at(int second) {
  return Time(std::chrono::seconds(1'700'000'000 + second));
}

Incident sample_incident() {
  Incident incident;
  incident.id = 7;
  incident.opened = at(1);
  incident.closed = at(9);
  incident.functions = {"checkout", "browse"};
  incident.failing = {"checkout"};
  incident.targets = {"checkout-page"};
  incident.peak = Level::strongly_suspected;
  incident.is_latched = true;
  incident.is_integrity = true;
  Verdict& verdict = incident.verdict;
  verdict.at = at(8);
  verdict.seq = 812;
  verdict.level = Level::watch;
  verdict.posterior.at(static_cast<std::size_t>(Hypothesis::ddos)) = 0.25;
  verdict.posterior.at(static_cast<std::size_t>(Hypothesis::provider_compromised)) = 0.75;
  verdict.suspicion = 0.95;
  verdict.leading = Hypothesis::provider_compromised;
  verdict.is_decided = true;
  verdict.culprit = "paywell";
  verdict.unexplained = {"browse"};
  verdict.because = {{.rule = "persistence",
                      .claim = "for 5 h",
                      .decibans = 6,
                      .cyber = -2,
                      .cites = {800, 812},
                      .since = at(3)}};
  verdict.against = {
      {.rule = "provider_says", .claim = "PayWell says so", .decibans = -3, .cites = {}}};
  verdict.would_change = {"an answer from PayWell"};
  verdict.missing = {"change calendar"};
  return incident;
}

TEST(ArchiveVerdict, AnIncidentReadsBackWhole) {
  const Incident incident = sample_incident();
  const auto back = read_back<Incident>(archive(incident));
  EXPECT_EQ(back.id, 7U);
  EXPECT_EQ(back.closed, at(9));
  EXPECT_EQ(back.functions, incident.functions);
  EXPECT_EQ(back.peak, Level::strongly_suspected);
  EXPECT_TRUE(back.is_latched);
  EXPECT_FALSE(back.is_acknowledged);
  EXPECT_TRUE(back.is_integrity);
  EXPECT_EQ(back.verdict.posterior, incident.verdict.posterior);
  EXPECT_EQ(back.verdict.leading, Hypothesis::provider_compromised);
  EXPECT_EQ(back.verdict.because, incident.verdict.because);
  EXPECT_EQ(back.verdict.against, incident.verdict.against);
  EXPECT_EQ(back.verdict.missing, incident.verdict.missing);
  EXPECT_EQ(archive(back), archive(incident));
}

TEST(ArchiveVerdict, AnObservationReadsBackWithItsFacts) {
  Facts facts;
  facts.set(Fact::status, "503");
  facts.set_members(Fact::script_origins, {"https://b.example", "https://a.example"});
  Observation observation;
  observation.at = at(5);
  observation.target = 3;
  observation.vantage = 1;
  observation.outcome = Outcome::blocked;
  observation.party = Party::edge;
  observation.is_second_look = true;
  observation.phases = {.resolve = Micros{300}, .connect = Micros{20'000}};
  observation.facts = std::make_shared<const Facts>(facts);
  observation.note = "a challenge page";
  const auto back = read_back<Observation>(archive(observation));
  EXPECT_EQ(back.at, observation.at);
  EXPECT_EQ(back.target, 3U);
  EXPECT_EQ(back.vantage, 1U);
  EXPECT_EQ(back.outcome, Outcome::blocked);
  EXPECT_EQ(back.party, Party::edge);
  EXPECT_TRUE(back.is_second_look);
  EXPECT_EQ(back.phases, observation.phases);
  ASSERT_NE(back.facts, nullptr);
  EXPECT_EQ(*back.facts, facts);
  EXPECT_EQ(back.note, observation.note);
  EXPECT_EQ(read_back<Observation>(archive(Observation{})).facts, nullptr);
}

TEST(ArchiveVerdict, InputsOfPeopleAndFeedsReadBack) {
  const FeedItem item{.at = at(1),
                      .provider = "paywell",
                      .item = "x1",
                      .state = FeedState::major,
                      .is_open = false,
                      .is_security = true,
                      .title = "Payments fail",
                      .body = "We are investigating",
                      .components = {"API"},
                      .started = at(0),
                      .ends = at(60)};
  EXPECT_EQ(read_back<FeedItem>(archive(item)), item);
  const Announcement announcement{.at = at(1),
                                  .kind = "sale",
                                  .text = "Black Friday",
                                  .from = at(2),
                                  .to = at(3),
                                  .functions = {"checkout"}};
  EXPECT_EQ(archive(read_back<Announcement>(archive(announcement))), archive(announcement));
  const OperatorNote note{.at = at(1),
                          .kind = NoteKind::close,
                          .incident = 7,
                          .target = "t",
                          .who = "ann",
                          .text = "done"};
  const auto back = read_back<OperatorNote>(archive(note));
  EXPECT_EQ(back.kind, NoteKind::close);
  EXPECT_EQ(archive(back), archive(note));
}

TEST(ArchiveVerdict, EnumeratorsAreStoredByNameSoThatNumbersMayChange) {
  EXPECT_NE(archive(sample_incident()).find("strongly_suspected"), std::string::npos);
  EXPECT_NE(archive(sample_incident()).find("provider_compromised"), std::string::npos);
  FeedItem item;
  item.state = FeedState::major;
  const std::string known = archive(item);
  std::string unknown = known;
  unknown.replace(unknown.find("major"), 5, "mayor");
  ArchiveReader reader(unknown);
  reader(item);
  EXPECT_FALSE(reader.ok());
}

TEST(ArchiveVerdict, FactsAndCausesOfAnotherVersionAreLeftOut) {
  ArchiveWriter facts;
  facts(std::vector<std::pair<std::string, std::string>>{{"status", "200"}, {"smell", "odd"}});
  EXPECT_EQ(read_back<Facts>(facts.bytes()).all().size(), 1U);

  ArchiveWriter posterior;
  posterior(std::vector<std::pair<std::string, double>>{{"ddos", 0.5}, {"gremlins", 0.5}});
  Posterior back{};
  ArchiveReader reader(posterior.bytes());
  describe_posterior(reader, back);
  EXPECT_TRUE(reader.done());
  EXPECT_EQ(back.at(static_cast<std::size_t>(Hypothesis::ddos)), 0.5);
}

}  // namespace
}  // namespace bw
