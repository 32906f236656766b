//! Pieces the document is made of.
//!
//! Deliberately not here: which addresses there are (`document`).

use utoipa::openapi::{
    Content, ContentBuilder, Object, Ref, RefOr, Required, ResponseBuilder, Schema, Type,
    path::{HttpMethod, OperationBuilder, Parameter, ParameterBuilder, ParameterIn},
    request_body::{RequestBody, RequestBodyBuilder},
    schema::ObjectBuilder,
    security::SecurityRequirement,
};

/// Schemes by which a caller is known.
pub(super) const SESSION: &str = "session";
pub(super) const API_KEY: &str = "api_key";
pub(super) const BEARER: &str = "bearer";

/// The method of a word.
pub(super) fn method(word: &str) -> HttpMethod {
    match word.to_ascii_lowercase().as_str() {
        "post" => HttpMethod::Post,
        "put" => HttpMethod::Put,
        "delete" => HttpMethod::Delete,
        "options" => HttpMethod::Options,
        "head" => HttpMethod::Head,
        "patch" => HttpMethod::Patch,
        _ => HttpMethod::Get,
    }
}

/// An operation under a heading, with the parameters its path names.
pub(super) fn operation(tag: &str, path: &str, summary: &str) -> OperationBuilder {
    let names = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    names.fold(OperationBuilder::new().tag(tag).summary(Some(summary)), |operation, name| {
        let text = Object::with_type(Type::String);
        operation.parameter(
            ParameterBuilder::new()
                .name(name)
                .parameter_in(ParameterIn::Path)
                .required(Required::True)
                .schema(Some(text)),
        )
    })
}

/// A parameter of the query.
pub(super) fn query(name: &str, about: &str) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Query)
        .required(Required::False)
        .description(Some(about))
        .schema(Some(Object::with_type(Type::String)))
        .build()
}

/// Any object, with a word about it.
pub(super) fn object(about: &str) -> Schema {
    ObjectBuilder::new().schema_type(Type::Object).description(Some(about)).build().into()
}

/// An object of these texts, all of them needed.
pub(super) fn texts(names: &[&str]) -> Schema {
    let start = ObjectBuilder::new().schema_type(Type::Object);
    names
        .iter()
        .fold(start, |object, name| object.property(*name, Object::with_type(Type::String)).required(*name))
        .build()
        .into()
}

fn content(schema: impl Into<RefOr<Schema>>) -> Content {
    ContentBuilder::new().schema(Some(schema)).build()
}

/// A body the caller has to send.
pub(super) fn body(kind: &str, schema: Schema) -> RequestBody {
    RequestBodyBuilder::new().required(Some(Required::True)).content(kind, content(schema)).build()
}

/// An answer with a body of a kind.
pub(super) fn answer(about: &str, kind: &str, schema: Schema) -> ResponseBuilder {
    ResponseBuilder::new().description(about).content(kind, content(schema))
}

/// An answer in JSON.
pub(super) fn json(about: &str) -> ResponseBuilder {
    answer(about, "application/json", object(about))
}

/// A page.
pub(super) fn page(about: &str) -> ResponseBuilder {
    answer(about, "text/html", Object::with_type(Type::String).into())
}

/// An answer without a body.
pub(super) fn empty(about: &str) -> ResponseBuilder {
    ResponseBuilder::new().description(about)
}

/// The error every API of ours answers with.
pub(super) fn error(about: &str) -> ResponseBuilder {
    ResponseBuilder::new().description(about).content("application/json", content(Ref::from_schema_name("Error")))
}

/// The shape of [`error`].
pub(super) fn error_schema() -> Schema {
    let nullable =
        |kind| Object::with_type([kind, Type::Null].into_iter().collect::<utoipa::openapi::schema::SchemaType>());
    let inner = ObjectBuilder::new()
        .schema_type(Type::Object)
        .property("code", Object::with_type(Type::String))
        .property("field", nullable(Type::String))
        .property("message", Object::with_type(Type::String))
        .property("retry_after_ms", nullable(Type::Integer))
        .property("tries_left", Object::with_type(Type::Integer))
        .property("shape", Object::with_type(Type::Object))
        .required("code")
        .required("message");
    ObjectBuilder::new().schema_type(Type::Object).property("error", inner).required("error").build().into()
}

/// Known by a session or by a key.
pub(super) fn known(operation: OperationBuilder) -> OperationBuilder {
    let by = |name| SecurityRequirement::new(name, Vec::<String>::new());
    operation
        .security(by(SESSION))
        .security(by(API_KEY))
        .security(by(BEARER))
        .response("401", error("Not signed in, and no key that opens anything"))
        .response("403", error("The role, the right or the key does not allow this"))
}
