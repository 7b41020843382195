// One WebSocket to a central system. Nothing of it ever blocks.
#pragma once

#include <stdint.h>

namespace evse::hal {

class Transport {
 public:
  enum class State : uint8_t {
    Closed,      // also after an attempt that failed, and where the other side has closed
    Connecting,  // an attempt is under way
    Open,        // the handshake is done, and the subprotocol agreed on
  };

  // Why the last attempt came to nothing, or the last connection to its end.
  enum class Failure : uint8_t {
    Other,        // known, and none of these; or not known at all
    Network,      // nobody could be reached: that says nothing of keys and certificates
    Credentials,  // the central system refuses this charger's (HTTP 401, or an alert of TLS)
    Certificate,  // the central system's certificate is not to be believed
    TlsVersion,
    CipherSuite,
  };

  // Begins an attempt; what becomes of it shows in state(). Out of Closed only this leads.
  // `user` and `key` (raw bytes, `key_size` of them) make the header of Basic authentication
  // (OCPP-J 1.6 6.2); key_size 0: none: with wss:// the charger's own certificate, where it has
  // one, then says who it is. The texts are read before this returns.
  virtual void connect(const char* url, const char* subprotocol, const char* user,
                       const uint8_t* key, int key_size) = 0;

  virtual State state() = 0;
  virtual Failure failure() const { return Failure::Other; }

  // Gives the socket up, or the attempt. Closed at once.
  virtual void close() = 0;

  // Takes one whole text message, or (false) nothing of it: then it is to be offered again.
  virtual bool send(const char* text, int size) = 0;

  // The next whole message: its size, 0 where there is none. One that is larger than `capacity`
  // is told by its size, with its first `capacity` bytes.
  virtual int receive(char* text, int capacity) = 0;

  // True once after the network below it (Wi-Fi, cable, modem) has come back: an attempt that waits
  // is worth making now. Whoever cannot tell says false.
  virtual bool network_returned() { return false; }

  // Pings this often, and closes where no pong comes back in as long; 0: never
  // (OCPP-J 1.6 chapter 7, errata 3.9).
  virtual void ping_every(int seconds) = 0;

 protected:
  ~Transport() = default;
};

}  // namespace evse::hal
