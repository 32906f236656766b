"""The work of the hook in Python as it is commonly written: check the signature, write one row, commit, answer."""

import hashlib
import hmac
import os
import time

from flask import Flask, jsonify, request
from sqlalchemy import Column, Integer, LargeBinary, String, create_engine, event
from sqlalchemy.orm import Session, declarative_base

app = Flask(__name__)
engine = create_engine("sqlite:///" + os.environ["DATABASE"], connect_args={"timeout": 30})
KEY = os.environ["KEY"].encode()
Base = declarative_base()


@event.listens_for(engine, "connect")
def durable(connection, _):
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")


class Record(Base):
    __tablename__ = "inbox"
    id = Column(Integer, primary_key=True)
    received_at = Column(Integer, nullable=False)
    source = Column(String, nullable=False)
    body = Column(LargeBinary, nullable=False)


with engine.begin() as connection:
    connection.exec_driver_sql(
        "CREATE TABLE IF NOT EXISTS inbox (id INTEGER PRIMARY KEY, received_at INTEGER NOT NULL, "
        "source TEXT NOT NULL, body BLOB NOT NULL)"
    )


@app.post("/hooks/telephony")
def hook():
    body = request.get_data()
    stamp = request.headers.get("X-Pult-Timestamp", "")
    signed = hmac.new(KEY, stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    given = request.headers.get("X-Pult-Signature", "")
    if not hmac.compare_digest("sha256=" + signed, given) or abs(time.time() - int(stamp)) > 300:
        return jsonify(error="wrong signature"), 403
    with Session(engine) as session:
        record = Record(received_at=int(time.time() * 1000), source=request.remote_addr, body=body)
        session.add(record)
        session.commit()
        return jsonify(ok=True, record=record.id)
