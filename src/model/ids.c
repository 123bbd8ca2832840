#include "model/ids.h"

#include "base/embed.h"

static const struct {
	unsigned object;
	const char *object_name;
	unsigned field;
	const char *field_name;
} IDS[] = {
#define X(object, object_name, field, field_name) { object, object_name, field, field_name },
	MODEL_IDS(X)
#undef X
};

bool
model_ids_check(struct cx *cx, const struct snapshot *model)
{
	for (size_t i = 0; i < countof(IDS); i++) {
		const struct object *object;

		if (IDS[i].object >= model->n_objects ||
		    !str_eq_z(model->objects[IDS[i].object]->name, IDS[i].object_name))
			return bug(cx, "the object %s is not at its place %u of the model",
				   IDS[i].object_name, IDS[i].object);
		object = model->objects[IDS[i].object];
		if (IDS[i].field >= object->n_fields ||
		    !str_eq_z(object->fields[IDS[i].field]->name, IDS[i].field_name))
			return bug(cx, "the field %s.%s is not at its place %u of the model",
				   IDS[i].object_name, IDS[i].field_name, IDS[i].field);
	}
	return true;
}

struct model_text *
model_shipped(struct arena *mem, size_t *n)
{
	struct {
		struct model_text *v;
		size_t n, cap;
	} texts = { 0 };

	for (const struct embedded *file = EMBEDDED; file->name; file++) {
		struct str name = str_of(file->name);

		if (!str_starts(name, S("model/")))
			continue;
		name = str_from(name, sizeof "model/" - 1);
		list_add(mem, &texts, ((struct model_text){ name, embed_bytes(file), false }));
	}
	*n = texts.n;
	return texts.v;
}
