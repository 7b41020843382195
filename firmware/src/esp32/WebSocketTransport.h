// The WebSocket to the central system, by ESP-IDF's client. TLS with the CA that was set, with what
// the charger keeps of certificates, or none.
#pragma once

#include <esp_websocket_client.h>
#include <freertos/FreeRTOS.h>
#include <freertos/stream_buffer.h>

#include "CertificateStore.h"
#include "hal/transport.h"

namespace evse::esp32 {

// ESP-IDF's client has a task of its own, which hands over what comes in through a buffer. All
// else is called from the one task that polls the OCPP client.
class WebSocketTransport final : public hal::Transport {
 public:
  // `ca_pem`: what signs the central system's certificate; has to outlive this. Empty: wss:// is
  // refused, because nobody could be believed. False: no memory for the buffer.
  bool begin(const char* ca_pem);
  // From now on TLS goes by what is kept there: roots, and without a key the charger's certificate.
  void use(const CertificateStore& store) { store_ = &store; }

  void connect(const char* url, const char* subprotocol, const char* user, const uint8_t* key,
               int key_size) override;
  State state() override;
  // ESP-IDF 4.4 does not tell what TLS has failed of, nor whether anybody was there.
  Failure failure() const override;
  void close() override;
  bool send(const char* text, int size) override;
  int receive(char* text, int capacity) override;
  bool network_returned() override;
  void ping_every(int seconds) override;

 private:
  // A frame of the largest size (ocpp/sizes.h), and the beginning of the next.
  static constexpr size_t kIncomingBytes = size_t{16} * 1024;

  static void on_event(void* self, esp_event_base_t base, int32_t event, void* data);
  void take(const esp_websocket_event_data_t& piece);

  const char* ca_pem_ = "";
  const CertificateStore* store_ = nullptr;
  // Of the connection: ESP-IDF reads them when it connects.
  String roots_pem_;
  String own_pem_;
  esp_websocket_client_handle_t client_ = nullptr;
  StreamBufferHandle_t incoming_ = nullptr;
  volatile State state_ = State::Closed;
  bool had_wifi_ = false;
  int ping_seconds_ = 0;
  int announced_ = 0;  // bytes of a message whose size has been read, and not yet all of it
};

}  // namespace evse::esp32
