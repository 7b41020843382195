#include "ocpp/authorization.h"

#include "ocpp/charge_point.h"

namespace evse::ocpp {

void Authorization::decide(const Tag& tag, int connector, Purpose purpose, uint32_t question) {
  Connector& where = *cp_.connector(connector);
  Decision decision;
  const bool online = cp_.calls.online();
  if (online && cp_.configuration.on(Key::LocalPreAuthorize) && remembered(tag, decision) &&
      decision.accepted) {
    cp_.sessions.decided(where, tag, purpose, question, decision);
    return;
  }
  Outgoing call;
  call.action = Action::Authorize;
  call.connector = static_cast<uint8_t>(connector);
  call.tag = tag;
  call.purpose = question << 1 | static_cast<uint32_t>(purpose);
  if (online && cp_.calls.send(call)) return;
  cp_.sessions.decided(where, tag, purpose, question, offline(tag));
}

void Authorization::outcome(const Outgoing& call, const Outcome& outcome) {
  Decision decision;
  switch (outcome.kind) {
    case Outcome::Kind::Answered: {
      const Json* info = field(outcome.payload, "idTagInfo");
      learn(call.tag, info);
      decision.accepted = tag_status(text_of(info, "status")) == TagStatus::Accepted;
      decision.why = text_of(info, "status");
      decision.parent_tag.set(text_of(info, "parentIdTag"));
      break;
    }
    case Outcome::Kind::Unanswered:
      decision = offline(call.tag);
      break;
    case Outcome::Kind::Refused:
      decision.why = "the central system failed";
      break;
  }
  cp_.sessions.decided(*cp_.connector(call.connector), call.tag,
                       static_cast<Purpose>(call.purpose & 1u), call.purpose >> 1, decision);
}

// What is in the list is not put into the cache (OCPP 1.6 3.5.3); where the central system says
// otherwise than its own list, it is told so (7.6). `ConcurrentTx` says where a tag is in use
// now, nothing of the tag: it is not kept.
void Authorization::learn(const Tag& tag, const Json* id_tag_info) {
  TagInfo info;
  info.tag = tag;
  const bool readable = read_tag_info(id_tag_info, info);
  if (info.status == TagStatus::ConcurrentTx) return;
  TagInfo listed;
  if (cp_.local_list.find(tag.get(), listed)) {
    if (listed.at(cp_.utc_us()) != info.status) cp_.status.list_conflict(tag);
    return;
  }
  if (!cp_.configuration.on(Key::AuthorizationCacheEnabled)) return;
  if (readable) {
    cp_.cache.learn(info);
  } else {
    cp_.event(0, "a tag is not remembered: its expiryDate is no time");
    cp_.cache.forget(tag.get());
  }
}

// Without the central system (OCPP 1.6 3.5.2, 9.1.1 and 9.1.11).
Decision Authorization::offline(const Tag& tag) {
  Decision decision;
  if (!remembered(tag, decision)) {
    decision.accepted = cp_.configuration.on(Key::AllowOfflineTxForUnknownId);
    decision.why = "unknown, offline";
  } else if (decision.accepted && !cp_.configuration.on(Key::LocalAuthorizeOffline)) {
    decision.accepted = false;
    decision.why = "offline authorization is switched off";
  }
  return decision;
}

bool Authorization::remembered(const Tag& tag, Decision& decision) {
  TagInfo info;
  const bool listed = cp_.local_list.find(tag.get(), info);
  if (!listed) {
    if (!cp_.configuration.on(Key::AuthorizationCacheEnabled)) return false;
    if (!cp_.cache.find(tag.get(), info)) return false;
  }
  decision.accepted = info.at(cp_.utc_us()) == TagStatus::Accepted;
  decision.why = listed ? "as the list says" : "as remembered";
  decision.parent_tag = info.parent_tag;
  return true;
}

void Authorization::clear_cache(const MessageId& id) {
  // Without a cache: Rejected (errata 3.23).
  const bool cleared =
      cp_.configuration.on(Key::AuthorizationCacheEnabled) && cp_.cache.clear();
  cp_.calls.status(id, cleared ? "Accepted" : "Rejected");
}

}  // namespace evse::ocpp
