// Who may charge: asked of the list, the cache and the central system (OCPP 1.6 3.5, 4.1).
#pragma once

#include "ocpp/frames.h"
#include "ocpp/json_writer.h"
#include "ocpp/outgoing.h"
#include "ocpp/tag_info.h"

namespace evse::ocpp {

struct ChargePoint;

// What a tag is shown for.
enum class Purpose : uint8_t { Begin, End };

struct Decision {
  bool accepted = false;
  const char* why = "";
  Tag parent_tag;  // the tag's group, where known
};

class Authorization {
 public:
  explicit Authorization(ChargePoint& cp) : cp_(cp) {}

  // Finds out whether a tag may charge, and tells `Sessions::decided`, at once or later.
  // `question` is told again there.
  void decide(const Tag& tag, int connector, Purpose purpose, uint32_t question);
  // What the central system says of a tag, in an answer.
  void learn(const Tag& tag, const Json* id_tag_info);

  void outcome(const Outgoing& call, const Outcome& outcome);
  void clear_cache(const MessageId& id);

 private:
  Decision offline(const Tag& tag);
  bool remembered(const Tag& tag, Decision& decision);

  ChargePoint& cp_;
};

}  // namespace evse::ocpp
