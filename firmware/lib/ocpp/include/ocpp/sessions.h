// What people do at a connector: tags and plugs, in either order (OCPP 1.6 3.1, 4.9).
#pragma once

#include "ocpp/authorization.h"
#include "ocpp/connector.h"

namespace evse::ocpp {

struct ChargePoint;

class Sessions {
 public:
  explicit Sessions(ChargePoint& cp) : cp_(cp) {}

  void present_tag(Connector& connector, const Tag& tag);
  // Begins as if the tag had been presented (OCPP 1.6 5.11).
  void remote_start(Connector& connector, const Tag& tag, bool authorize);
  // Whether a remote start may begin here.
  bool may_start(const Connector& connector, const Tag& tag) const;
  void decided(Connector& connector, const Tag& tag, Purpose purpose, uint32_t question,
               const Decision& decision);

  // The process of a connector has something new to say.
  void reported(Connector& connector);
  // A plug that nobody has authorized waits no longer than others, however it came to it.
  void look(Connector& connector);
  void poll(Connector& connector);
  void withdraw(Connector& connector);

 private:
  void authorize(Connector& connector, const Tag& tag);
  void permitted(Connector& connector, const Tag& tag, const Decision& decision);
  void tag_in_transaction(Connector& connector, const Tag& tag);
  void wait(Connector& connector);
  void lock_and_begin(Connector& connector);
  void begin(Connector& connector);
  void plug_in(Connector& connector);
  void unplug(Connector& connector);

  ChargePoint& cp_;
  uint32_t questions_ = 0;
};

}  // namespace evse::ocpp
