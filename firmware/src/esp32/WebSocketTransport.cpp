#include "WebSocketTransport.h"

#include <WiFi.h>
#include <mbedtls/base64.h>
#include <stdio.h>
#include <string.h>

namespace evse::esp32 {

namespace {

constexpr int kTaskStackBytes = 6144;
constexpr int kNetworkBytes = 2048;
constexpr int kNetworkMs = 10000;
constexpr uint32_t kSendMs = 1000;
constexpr uint32_t kHandOverMs = 5000;
constexpr uint8_t kText = 0x1;           // RFC 6455 5.2
constexpr uint8_t kContinuation = 0x0;
constexpr size_t kMostCredentials = 96;  // identity of 48, colon, key of 20
// ESP-IDF's client pings anyway, every 10 s; once in a day is as good as never.
constexpr size_t kNeverSeconds = 86400;

// "Authorization: Basic …", or nothing where it does not fit. The key may hold any byte.
void basic_authentication(const char* user, const uint8_t* key, int key_size, char (&header)[192]) {
  uint8_t pair[kMostCredentials];
  const size_t user_size = strlen(user);
  const size_t size = user_size + 1 + static_cast<size_t>(key_size);
  header[0] = '\0';
  if (size > sizeof pair) return;
  memcpy(pair, user, user_size);
  pair[user_size] = ':';
  memcpy(pair + user_size + 1, key, static_cast<size_t>(key_size));
  uint8_t coded[(kMostCredentials + 2) / 3 * 4 + 1];
  size_t coded_size = 0;
  if (mbedtls_base64_encode(coded, sizeof coded, &coded_size, pair, size) != 0) return;
  snprintf(header, sizeof header, "Authorization: Basic %s\r\n", reinterpret_cast<char*>(coded));
}

}  // namespace

bool WebSocketTransport::begin(const char* ca_pem) {
  ca_pem_ = ca_pem;
  incoming_ = xStreamBufferCreate(kIncomingBytes, 1);
  return incoming_ != nullptr;
}

void WebSocketTransport::connect(const char* url, const char* subprotocol, const char* user,
                                 const uint8_t* key, int key_size) {
  close();
  const bool secure = strncmp(url, "wss://", 6) == 0;
  roots_pem_ = store_ != nullptr ? store_->central_roots() : String(ca_pem_);
  own_pem_ = store_ != nullptr && key_size == 0 ? store_->own() : String();
  if (secure && roots_pem_.length() == 0) return;
  char header[192] = "";
  if (key_size > 0) basic_authentication(user, key, key_size, header);
  esp_websocket_client_config_t config = {};
  config.uri = url;
  config.subprotocol = subprotocol;
  config.headers = *header != '\0' ? header : nullptr;
  config.cert_pem = secure ? roots_pem_.c_str() : nullptr;
  if (secure && own_pem_.length() > 0) {
    // One text has both: each reader takes what is its own.
    config.client_cert = own_pem_.c_str();
    config.client_key = own_pem_.c_str();
  }
  config.disable_auto_reconnect = true;  // When to try again is OCPP's to say.
  config.task_stack = kTaskStackBytes;
  config.buffer_size = kNetworkBytes;
  config.network_timeout_ms = kNetworkMs;
  config.ping_interval_sec = ping_seconds_ > 0 ? static_cast<size_t>(ping_seconds_) : kNeverSeconds;
  config.pingpong_timeout_sec = ping_seconds_;
  config.disable_pingpong_discon = ping_seconds_ == 0;
  client_ = esp_websocket_client_init(&config);  // It copies the texts.
  if (client_ == nullptr) return;
  state_ = State::Connecting;
  if (esp_websocket_register_events(client_, WEBSOCKET_EVENT_ANY, on_event, this) != ESP_OK ||
      esp_websocket_client_start(client_) != ESP_OK) {
    close();
  }
}

hal::Transport::State WebSocketTransport::state() { return state_; }

hal::Transport::Failure WebSocketTransport::failure() const {
  return WiFi.status() == WL_CONNECTED ? Failure::Other : Failure::Network;
}

void WebSocketTransport::close() {
  if (client_ != nullptr) {
    esp_websocket_client_destroy(client_);  // Ends its task first.
    client_ = nullptr;
  }
  state_ = State::Closed;
  announced_ = 0;
  if (incoming_ != nullptr) xStreamBufferReset(incoming_);
}

bool WebSocketTransport::send(const char* text, int size) {
  return state_ == State::Open &&
         esp_websocket_client_send_text(client_, text, size, pdMS_TO_TICKS(kSendMs)) == size;
}

// In the client's own task.
void WebSocketTransport::on_event(void* self, esp_event_base_t, int32_t event, void* data) {
  WebSocketTransport& transport = *static_cast<WebSocketTransport*>(self);
  switch (event) {
    case WEBSOCKET_EVENT_CONNECTED:
      transport.state_ = State::Open;
      return;
    case WEBSOCKET_EVENT_DATA:
      transport.take(*static_cast<const esp_websocket_event_data_t*>(data));
      return;
    case WEBSOCKET_EVENT_DISCONNECTED:
    case WEBSOCKET_EVENT_CLOSED:
    case WEBSOCKET_EVENT_ERROR:
      transport.state_ = State::Closed;
      return;
    default:
      return;
  }
}

// A message comes in pieces of the network's buffer: its size goes ahead, then all of them.
void WebSocketTransport::take(const esp_websocket_event_data_t& piece) {
  if (piece.op_code == kContinuation) {
    // No central system that we know splits a message into frames; half a message is none.
    state_ = State::Closed;
    return;
  }
  if (piece.op_code != kText || piece.data_len <= 0) return;
  const TickType_t wait = pdMS_TO_TICKS(kHandOverMs);
  bool whole = true;
  if (piece.payload_offset == 0) {
    const int32_t size = piece.payload_len;
    whole = xStreamBufferSend(incoming_, &size, sizeof size, wait) == sizeof size;
  }
  const size_t length = static_cast<size_t>(piece.data_len);
  whole = whole && xStreamBufferSend(incoming_, piece.data_ptr, length, wait) == length;
  if (!whole) state_ = State::Closed;
}

int WebSocketTransport::receive(char* text, int capacity) {
  if (announced_ == 0) {
    if (xStreamBufferBytesAvailable(incoming_) < sizeof(int32_t)) return 0;
    int32_t size = 0;
    xStreamBufferReceive(incoming_, &size, sizeof size, 0);
    announced_ = size;
  }
  // What will never fit into the buffer is told by its size, and the connection is over.
  if (static_cast<size_t>(announced_) > kIncomingBytes - sizeof(int32_t)) {
    const int size = announced_;
    close();
    return size;
  }
  const size_t size = static_cast<size_t>(announced_);
  if (xStreamBufferBytesAvailable(incoming_) < size) return 0;
  const size_t taken = announced_ < capacity ? size : static_cast<size_t>(capacity);
  xStreamBufferReceive(incoming_, text, taken, 0);
  for (size_t rest = size - taken; rest > 0;) {
    char unread[64];
    rest -= xStreamBufferReceive(incoming_, unread, rest < sizeof unread ? rest : sizeof unread, 0);
  }
  announced_ = 0;
  return static_cast<int>(size);
}

bool WebSocketTransport::network_returned() {
  const bool has_wifi = WiFi.status() == WL_CONNECTED;
  const bool returned = has_wifi && !had_wifi_;
  had_wifi_ = has_wifi;
  return returned;
}

// Counts from the next connection on: ESP-IDF 4.4 has no way to change it on an open one.
void WebSocketTransport::ping_every(int seconds) { ping_seconds_ = seconds; }

}  // namespace evse::esp32
