-- People of the messenger are forgotten by age, the longest unread first; and the call that sent a message is found by it when the message
-- comes back.
CREATE INDEX ct_user_fetched ON ct_user (fetched_at);
CREATE INDEX outbox_message ON outbox (effect ->> '$.message', id) WHERE kind = 'send_message';
