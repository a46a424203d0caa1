package mysql

import (
	"context"
	"database/sql"

	"github.com/ausmart/platform/services/catalog/product"
	"github.com/ausmart/platform/services/internal/migrate"
)

// The names sort and compare by their bytes, as they do in memory.
const tables = `
CREATE TABLE IF NOT EXISTS products (
	id VARCHAR(40) NOT NULL PRIMARY KEY,
	name VARCHAR(200) NOT NULL,
	description TEXT NOT NULL,
	price INTEGER NOT NULL,
	INDEX products_by_name (name, id),
	INDEX products_by_price (price, id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
CREATE TABLE IF NOT EXISTS tags (
	name VARCHAR(40) NOT NULL PRIMARY KEY,
	display_name VARCHAR(200) NOT NULL
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
CREATE TABLE IF NOT EXISTS product_tags (
	product_id VARCHAR(40) NOT NULL,
	tag_name VARCHAR(40) NOT NULL,
	PRIMARY KEY (product_id, tag_name),
	INDEX product_tags_by_tag (tag_name, product_id),
	FOREIGN KEY (product_id) REFERENCES products (id) ON DELETE CASCADE,
	FOREIGN KEY (tag_name) REFERENCES tags (name)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
`

// steps are the schema's history: see migrate.Step.
func steps() ([]migrate.Step, error) {
	seed, err := product.Seed()
	if err != nil {
		return nil, err
	}
	return []migrate.Step{
		migrate.SQL("create tables", tables),
		{Name: "fill in products", Run: func(ctx context.Context, conn *sql.Conn) error { return insert(ctx, conn, seed) }},
	}, nil
}

// insert leaves alone what is there: the step may run again after it failed half way.
func insert(ctx context.Context, conn *sql.Conn, products []product.Product) error {
	for _, p := range products {
		if _, err := conn.ExecContext(ctx, "INSERT IGNORE INTO products (id, name, description, price) VALUES (?, ?, ?, ?)",
			p.ID, p.Name, p.Description, p.Price); err != nil {
			return err
		}
		for _, t := range p.Tags {
			if _, err := conn.ExecContext(ctx, "INSERT IGNORE INTO tags (name, display_name) VALUES (?, ?)", t.Name, t.DisplayName); err != nil {
				return err
			}
			if _, err := conn.ExecContext(ctx, "INSERT IGNORE INTO product_tags (product_id, tag_name) VALUES (?, ?)", p.ID, t.Name); err != nil {
				return err
			}
		}
	}
	return nil
}
