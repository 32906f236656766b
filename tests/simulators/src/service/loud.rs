//! A parcel sent with the names of its headers in capitals. HTTP does not mind, and no client library writes them so: this one
//! writes to the connection by hand, over plain HTTP/1.1 alone.

use std::{io, str};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::post::{Cut, Parcel, Reply, Sheet};

/// Sends it and reads what is answered, to the end of the connection.
pub(super) async fn send(parcel: &Parcel, sheet: &Sheet, cut: Option<Cut>) -> io::Result<Reply> {
    let addresses = parcel.url.socket_addrs(|| None)?;
    let mut stream = TcpStream::connect(addresses.as_slice()).await?;
    let body = if cut.is_some() { &sheet.body[..sheet.body.len() / 2] } else { &sheet.body };
    let announced = if cut == Some(Cut::Connection) { sheet.body.len() } else { body.len() };
    let url = &parcel.url;
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    let mut head = format!("POST {}{query} HTTP/1.1\r\nHOST: {}\r\n", url.path(), url.authority());
    let fixed = [("CONTENT-TYPE", parcel.content_type.to_owned()), ("CONTENT-LENGTH", announced.to_string())];
    for (name, value) in fixed.iter().chain(&sheet.headers) {
        head.push_str(&format!("{}: {value}\r\n", name.to_uppercase()));
    }
    for (name, value) in &parcel.headers {
        head.push_str(&format!("{}: {value}\r\n", name.to_uppercase()));
    }
    stream.write_all(format!("{head}CONNECTION: close\r\n\r\n").as_bytes()).await?;
    stream.write_all(body).await?;
    if cut == Some(Cut::Connection) {
        return Err(io::ErrorKind::BrokenPipe.into());
    }
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    read(&answer).ok_or_else(|| io::ErrorKind::InvalidData.into())
}

/// Status and body, the latter as it came.
fn read(answer: &[u8]) -> Option<Reply> {
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n")?;
    let status = str::from_utf8(&answer[..end]).ok()?.split(' ').nth(1)?.parse().ok()?;
    Some(Reply { status: Some(status), failure: None, body: answer[end + 4..].to_vec() })
}
