// Security profiles 0 to 3, and the way from one to the next (security whitepaper, sections 2 and
// 3.5, A05; decision "What a secured charger does where the whitepaper is silent").
#pragma once

#include "hal/fram.h"
#include "hal/transport.h"
#include "ocpp/layout.h"

namespace evse::ocpp {

struct ChargePoint;

class SecurityProfile {
 public:
  SecurityProfile(ChargePoint& cp, hal::Fram& fram)
      : cp_(cp), record_(fram, kProfileStateAt, kProfileStateBytes) {}

  void power_on();

  // The profile in use, or about to be. A charger that is not secured has none, and connects as
  // its settings say: 0.
  int in_use() const;
  bool uses_tls() const { return in_use() >= 2; }
  // Whether the header of Basic authentication goes along.
  bool uses_key() const;

  // Whether it may become this: upward, with all that it needs (A05).
  bool may_be(int wanted) const;
  // The configuration has another profile, or another key.
  void changed();
  void key_changed();

  // An attempt is made, as the profile wants it now.
  void trying() { tried_ = in_use(); }
  void opened();
  void failed(hal::Transport::Failure failure);

 private:
  void go_back();
  void tell(const char* what);

  ChargePoint& cp_;
  store::Record record_;
  int worked_ = -1;  // the profile that a connection was made with; -1: none yet
  int tried_ = 0;    // of the last attempt
  int failures_ = 0;
  hal::Transport::Failure said_ = hal::Transport::Failure::Network;
};

}  // namespace evse::ocpp
